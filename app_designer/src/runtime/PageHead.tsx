import { useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { localText } from "@sdk/i18n/catalogue";
import type { PageDocument } from "../generated/documents.gen";
import { RangeBar } from "./RangeBar";
import css from "./runtime.module.css";
import type { RuntimeScope } from "./scope";

interface HeadProps {
  page: PageDocument;
  scope: RuntimeScope;
  onParam: (name: string, value: string) => void;
}

/** The head of a page: its title, the choices of its parameters, its time range. */
export function PageHead({ page, scope, onParam }: HeadProps) {
  const { language } = useLocale();
  return (
    <div className={css.head}>
      <h1 className={`${css.title} truncate`}>{localText(page.title, language)}</h1>
      <Params page={page} scope={scope} onParam={onParam} />
      <div className={css.spacer} />
      {page.range ? <RangeBar /> : null}
    </div>
  );
}

/** The choices of a page: one row of buttons per parameter that has options. */
function Params({ page, scope, onParam }: HeadProps) {
  const { language, t } = useLocale();
  const choices = Object.entries(page.params ?? {}).filter(([, param]) => (param.options ?? []).length > 1);
  return choices.map(([name, param]) => (
    <fieldset key={name} className={css.segments}>
      <legend className="visually-hidden">{t("page.param", { name })}</legend>
      {(param.options ?? []).map((option) => (
        <button
          key={option}
          type="button"
          className={css.segment}
          aria-pressed={scope.params[name] === option}
          onClick={() => onParam(name, option)}
        >
          {param.type === "asset" ? assetName(scope.loaded.assets.get(option), option, language) : option}
        </button>
      ))}
    </fieldset>
  ));
}
