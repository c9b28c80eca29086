import { Notice, useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { localText } from "@sdk/i18n/catalogue";
import { useMemo } from "react";
import type { PageDocument } from "../generated/documents.gen";
import type { NavigateAction } from "./actions";
import { ElementFrame } from "./ElementFrame";
import { placedElements } from "./grid";
import { RangeBar } from "./RangeBar";
import type { ResolveContext } from "./resolve";
import css from "./runtime.module.css";

interface PageProps {
  page: PageDocument;
  context: ResolveContext;
  onNavigate: (action: NavigateAction) => void;
  onParam: (name: string, value: string) => void;
}

/** One page of an app: its title, parameters and time range, and its elements on the grid. */
export function PageView({ page, context, onNavigate, onParam }: PageProps) {
  const { language, t } = useLocale();
  const placed = useMemo(() => placedElements(page), [page]);
  return (
    <>
      <div className={css.head}>
        <h1 className={`${css.title} truncate`}>{localText(page.title, language)}</h1>
        <Params page={page} context={context} onParam={onParam} />
        <div className={css.spacer} />
        {page.range ? <RangeBar /> : null}
      </div>
      {placed.length === 0 ? (
        <Notice icon="apps" title={t("page.empty")} hint={t("page.empty_hint")} />
      ) : (
        <div className={css.grid}>
          {placed.map((entry) => {
            const element = page.elements?.[entry.id];
            return element ? (
              <ElementFrame
                key={entry.id}
                placed={entry}
                element={element}
                context={context}
                onNavigate={onNavigate}
              />
            ) : null;
          })}
        </div>
      )}
    </>
  );
}

/** The choices of a page: one row of buttons per parameter that has options. */
function Params({ page, context, onParam }: Pick<PageProps, "page" | "context" | "onParam">) {
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
          aria-pressed={context.params[name] === option}
          onClick={() => onParam(name, option)}
        >
          {param.type === "asset" ? assetName(context.loaded.assets.get(option), option, language) : option}
        </button>
      ))}
    </fieldset>
  ));
}
