import { useLocale, useNavigation } from "@sdk";
import { useState } from "react";
import type { PageDocument, PageParam } from "../generated/documents.gen";
import { maySee } from "./access";
import { Choose } from "./Choose";
import choose from "./choose.module.css";
import { useRuntimeTexts } from "./i18n/texts";
import { PageTools } from "./PageTools";
import { choicesOf, pageTitle, paramLabel, paramSpecs } from "./params";
import { RangeBar } from "./RangeBar";
import css from "./runtime.module.css";
import type { RuntimeScope } from "./scope";

interface HeadProps {
  page: PageDocument;
  scope: RuntimeScope;
  onParam: (name: string, value: string) => void;
}

/** The head of a page: where it is, its title, the choices of its parameters, its time range. */
export function PageHead({ page, scope, onParam }: HeadProps) {
  const { language } = useLocale();
  const title = pageTitle(page, scope.loaded, scope.params, language);
  return (
    <div className={css.head}>
      <div className={css.titles}>
        <Breadcrumbs page={page} scope={scope} />
        <h1 className={`${css.title} truncate`} title={title}>
          {title}
        </h1>
      </div>
      <PageParams page={page} scope={scope} onParam={onParam} />
      <div className={css.spacer} />
      {page.range ? <RangeBar /> : null}
      <PageTools />
    </div>
  );
}

/** The choices of a page: what it shows of all it could. */
export function PageParams({ page, scope, onParam }: HeadProps) {
  const specs = Object.entries(paramSpecs(scope.loaded, page));
  return specs.map(([name, spec]) => (
    <Param key={name} name={name} spec={spec} scope={scope} onParam={onParam} />
  ));
}

const LEVELS_MAX = 6;

/** The pages above a page, outermost first. A chain that goes round ends where it began. */
export function pagesAbove(scope: Pick<RuntimeScope, "loaded" | "user">, page: PageDocument): PageDocument[] {
  const above: PageDocument[] = [];
  let parent = page.parent;
  while (parent && above.length < LEVELS_MAX) {
    const next = scope.loaded.pages[parent];
    if (!next || next.id === page.id || above.includes(next)) break;
    if (maySee(next.access, scope.user)) above.unshift(next);
    parent = next.parent;
  }
  return above;
}

function Breadcrumbs({ page, scope }: Pick<HeadProps, "page" | "scope">) {
  const { language } = useLocale();
  const t = useRuntimeTexts();
  const { href, go } = useNavigation();
  const above = pagesAbove(scope, page);
  if (above.length === 0) return null;
  return (
    <nav className={css.crumbs} aria-label={t("head.breadcrumbs")}>
      {above.map((entry) => {
        // The machine one looks at stays the machine one looks at, where the page above knows the parameter too.
        const shared = Object.keys(paramSpecs(scope.loaded, entry)).flatMap((name) => {
          const value = scope.params[name];
          return value === undefined || value === null || value === "" ? [] : [[name, String(value)]];
        });
        const target = { page: entry.id, params: Object.fromEntries(shared) as Record<string, string> };
        return (
          <span key={entry.id}>
            <a
              href={href(target) ?? "#"}
              onClick={(event) => {
                if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                go(target);
              }}
            >
              {pageTitle(entry, scope.loaded, scope.params, language)}
            </a>
            <span aria-hidden="true"> /</span>
          </span>
        );
      })}
    </nav>
  );
}

interface ParamProps {
  name: string;
  spec: PageParam;
  scope: RuntimeScope;
  onParam: (name: string, value: string) => void;
}

function Param({ name, spec, scope, onParam }: ParamProps) {
  const { language } = useLocale();
  const label = paramLabel(name, spec, language);
  const value = String(scope.params[name] ?? "");
  const choices = choicesOf(scope.loaded, spec, language);
  if (choices.length > 1) {
    return (
      <Choose
        label={label}
        choices={choices}
        value={value}
        compact={scope.compact}
        onChoose={(next) => onParam(name, next)}
      />
    );
  }
  if (spec.type === "asset" || choices.length === 1) return null;
  return (
    <Typed
      key={value}
      label={label}
      value={value}
      number={spec.type === "number"}
      onDone={(next) => onParam(name, next)}
    />
  );
}

interface TypedProps {
  label: string;
  value: string;
  number: boolean;
  onDone: (value: string) => void;
}

/** A parameter that is typed: it holds once the field is left or Enter is pressed. */
function Typed({ label, value, number, onDone }: TypedProps) {
  const [text, setText] = useState(value);
  const done = () => text !== value && onDone(text);
  return (
    <label className={choose.labelled}>
      {label}
      <input
        className={choose.field}
        inputMode={number ? "decimal" : "text"}
        maxLength={80}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onBlur={done}
        onKeyDown={(event) => event.key === "Enter" && done()}
      />
    </label>
  );
}
