import { useLocale } from "@sdk";
import { type Completion, complete, type ExprProblem, FUNCTION_DOCS, type VarType } from "@sdk/expr";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import css from "./expr_editor.module.css";
import { type Span, spansOf } from "./formula";
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

const NONE: readonly Completion[] = [];
const OFFERS_MAX = 12;
/** Offered by itself only where somebody has begun a word, or stands after a point or inside of a text. */
const BEGUN = /[A-Za-z_.'"/°%][A-Za-z0-9_]*$/;

/** Completion of the word before the cursor: what is offered, which is active, and the keys. */
function useCompletion({ text, types, onText }: TextProps) {
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const [items, setItems] = useState<readonly Completion[]>(NONE);
  const [active, setActive] = useState(0);
  const known = useMemo(() => new Set(Object.keys(types)), [types]);
  useLayoutEffect(() => {
    if (caret.current === null || !area.current) return;
    area.current.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });
  const offer = (next: string, cursor: number, asked = false) => {
    const begun = asked || BEGUN.test(next.slice(0, cursor));
    const found = begun ? complete(next, cursor, types) : NONE;
    // A word that is whole already needs no list under it.
    const [only] = found;
    const whole =
      found.length === 1 && only !== undefined && only.insert === next.slice(only.start, only.end);
    setItems(whole ? NONE : found.slice(0, OFFERS_MAX));
    setActive(0);
  };
  const take = (index: number) => {
    const item = items[index];
    if (!item) return;
    const inside = item.insert.endsWith(")") && !takesNothing(item.label) ? 1 : 0;
    caret.current = item.start + item.insert.length - inside;
    setItems(NONE);
    onText(text.slice(0, item.start) + item.insert + text.slice(item.end));
    area.current?.focus();
  };
  const press = (event: React.KeyboardEvent<HTMLTextAreaElement>) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === " " && event.ctrlKey) offer(text, event.currentTarget.selectionStart, true);
    else if (items.length === 0) return;
    else if (step) setActive((active + step + items.length) % items.length);
    else if (event.key === "Enter" || event.key === "Tab") take(active);
    else if (event.key === "Escape") setItems(NONE);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { area, items, active, known, offer, take, press, close: () => setItems(NONE) };
}

/** Whether a function is called without any value: the cursor then goes behind it. */
const takesNothing = (name: string): boolean =>
  FUNCTION_DOCS.find((doc) => doc.name === name)?.args.length === 0;

/** The text of a formula: coloured, with errors underlined, and with what may come next. */
export function FormulaText(props: TextProps) {
  const { id, label, text, problems, onText } = props;
  const t = useFormulaTexts();
  const { area, items, active, known, offer, take, press, close } = useCompletion(props);
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
        aria-expanded={items.length > 0}
        aria-controls={`${id}list`}
        aria-autocomplete="list"
        aria-activedescendant={items.length > 0 ? `${id}o${active}` : undefined}
        role="combobox"
        data-formula="true"
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
      {items.length > 0 ? <Offers id={id} items={items} active={active} take={take} /> : null}
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
  items: readonly Completion[];
  active: number;
  take: (index: number) => void;
}

function Offers({ id, items, active, take }: OffersProps) {
  const t = useFormulaTexts();
  const { language } = useLocale();
  const chosen = items[active];
  const help = FUNCTION_DOCS.find((doc) => chosen?.kind === "function" && doc.name === chosen.label);
  return (
    <div className={css.offers}>
      <div id={`${id}list`} role="listbox" aria-label={t("suggestions")} className={css.list}>
        {items.map((item, index) => (
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
            <span className={css.note}>{item.detail}</span>
          </div>
        ))}
      </div>
      {chosen?.doc ? (
        <p className={css.doc}>
          {chosen.doc[language]} {help ? <code>{`${help.example} → ${help.gives}`}</code> : null}
        </p>
      ) : null}
    </div>
  );
}
