import { type Signal, useFormatter, useLocale, useSignal } from "@sdk";
import { Fragment } from "react";
import css from "./View.module.css";

const HOLE = /\{value(?:_(\d{1,2}))?\}/g;

/** A text with the values that stand in it; a hole without a value stays as it is written. */
export function Inline({ text, values }: { text: string; values: readonly Signal[] }) {
  const parts: { at: number; words: string; signal: Signal | null }[] = [];
  let from = 0;
  for (const match of text.matchAll(HOLE)) {
    const signal = values[Number(match[1] ?? 1) - 1];
    if (!signal) continue;
    parts.push({ at: match.index, words: text.slice(from, match.index), signal });
    from = match.index + match[0].length;
  }
  parts.push({ at: text.length, words: text.slice(from), signal: null });
  return parts.map(({ at, words, signal }) => (
    <Fragment key={at}>
      {words}
      {signal ? <LiveValue signal={signal} /> : null}
    </Fragment>
  ));
}

/** A value among words; one that is not current says so by a pattern and a word. */
function LiveValue({ signal }: { signal: Signal }) {
  const { t } = useLocale();
  const { value, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const word = assessment.word ? t(assessment.word) : "";
  return (
    <span className={css.value} data-level={assessment.level} data-current={assessment.current} title={word}>
      {shown.text}
      {value !== null && shown.unit ? <span className={css.unit}> {shown.unit}</span> : null}
      {assessment.current && assessment.level === "good" ? null : (
        <span className={css.quality}> ({word})</span>
      )}
    </span>
  );
}
