import { QualityMark, type Signal, useFormatter, useSignal } from "@sdk";
import css from "./pickers.module.css";

/** The live value of a signal with its unit, and its quality beside it. */
export function Reading({ signal, unit }: { signal: Signal; unit?: string }) {
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const shownUnit = unit || shown.unit;
  return (
    <span className={css.reading} data-current={assessment.current}>
      {sample && value !== null ? (
        <span className="truncate" title={shown.text}>
          {shown.text}
          {shownUnit ? <span className={css.unit}>{shownUnit}</span> : null}
        </span>
      ) : null}
      <QualityMark assessment={assessment} sample={sample} />
    </span>
  );
}
