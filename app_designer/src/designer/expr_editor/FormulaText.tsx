import { useLocale } from "@sdk";
import type { ExprProblem, VarType } from "@sdk/expr";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import css from "./expr_editor.module.css";
import { type Completion, completionAt, type Span, spansOf } from "./formula";
import { useFormulaTexts } from "./texts";

interface TextProps {
  id: string;
  label: string;
  text: string;
  types: Readonly<Record<string, VarType>>;
  problems: readonly ExprProblem[];
  describedBy: string;
  onText: (text: string) => void;
}

const NONE: Completion = { start: 0, items: [] };

/** Completion of the word before the cursor: what is offered, which is active, and the keys. */
function useCompletion({ text, types, onText }: TextProps) {
  const { language } = useLocale();
  const t = useFormulaTexts();
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const [completion, setCompletion] = useState<Completion>(NONE);
  const [active, setActive] = useState(0);
  const names = useMemo(
    () => Object.entries(types).map(([name, type]) => ({ name, note: type.unit ?? t(`type.${type.type}`) })),
    [types, t],
  );
  const known = useMemo(() => new Set(Object.keys(types)), [types]);
  useLayoutEffect(() => {
    if (caret.current === null || !area.current) return;
    area.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const offer = (next: string, cursor: number) => {
    setCompletion(completionAt(next, cursor, names, language));
    setActive(0);
  };
  const take = (index: number) => {
    const item = completion.items[index];
    const cursor = area.current?.selectionStart ?? text.length;
    if (!item) return;
    caret.current = completion.start + item.insert.length;
    setCompletion(NONE);
    onText(text.slice(0, completion.start) + item.insert + text.slice(cursor));
    area.current?.focus();
  };
  const press = (event: React.KeyboardEvent) => {
    const count = completion.items.length;
    if (count === 0) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) setActive((active + step + count) % count);
    else if (event.key === "Enter" || event.key === "Tab") take(active);
    else if (event.key === "Escape") setCompletion(NONE);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { area, completion, active, known, offer, take, press, close: () => setCompletion(NONE) };
}

/** The text of a formula: coloured, with errors underlined, and with what may come next. */
export function FormulaText(props: TextProps) {
  const { id, label, text, problems, onText } = props;
  const t = useFormulaTexts();
  const { area, completion, active, known, offer, take, press, close } = useCompletion(props);
  return (
    <div className={css.box}>
      <Painted spans={spansOf(text, known)} problems={problems} />
      <textarea
        ref={area}
        id={id}
        className={css.text}
        rows={3}
        value={text}
        spellCheck={false}
        autoComplete="off"
        maxLength={2048}
        placeholder={t("placeholder")}
        aria-label={label}
        aria-invalid={problems.length > 0 ? true : undefined}
        aria-describedby={props.describedBy}
        aria-expanded={completion.items.length > 0}
        aria-controls={`${id}list`}
        aria-autocomplete="list"
        aria-activedescendant={completion.items.length > 0 ? `${id}o${active}` : undefined}
        role="combobox"
        onChange={(event) => {
          onText(event.target.value);
          offer(event.target.value, event.target.selectionStart);
        }}
        onKeyDown={press}
        onBlur={close}
        onScroll={(event) => {
          const painted = event.currentTarget.previousElementSibling;
          if (painted) painted.scrollTop = event.currentTarget.scrollTop;
        }}
      />
      {completion.items.length > 0 ? (
        <Offers id={id} completion={completion} active={active} take={take} />
      ) : null}
    </div>
  );
}

/** The same text in colours, under the text that is typed. */
function Painted({ spans, problems }: { spans: readonly Span[]; problems: readonly ExprProblem[] }) {
  const wrong = (span: Span) =>
    problems.some(
      ({ start, end }) => span.start < Math.max(end, start + 1) && span.start + span.text.length > start,
    );
  return (
    <pre className={css.painted} aria-hidden="true">
      {spans.map((span) => (
        <span key={span.start} data-kind={span.kind} data-wrong={span.kind !== "blank" && wrong(span)}>
          {span.text}
        </span>
      ))}
      {"\n"}
    </pre>
  );
}

interface OffersProps {
  id: string;
  completion: Completion;
  active: number;
  take: (index: number) => void;
}

function Offers({ id, completion, active, take }: OffersProps) {
  const t = useFormulaTexts();
  const chosen = completion.items[active];
  return (
    <div className={css.offers}>
      <div id={`${id}list`} role="listbox" aria-label={t("suggestions")} className={css.list}>
        {completion.items.map((item, index) => (
          <div
            key={item.label}
            id={`${id}o${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className={css.offer}
            onPointerDown={(event) => {
              event.preventDefault();
              take(index);
            }}
          >
            <span className={css.offerName} data-kind={item.kind}>
              {item.label}
            </span>
            <span className={css.note}>{item.note}</span>
          </div>
        ))}
      </div>
      {chosen?.doc ? (
        <p className={css.doc}>
          {chosen.doc} <code>{chosen.example}</code>
        </p>
      ) : null}
    </div>
  );
}
