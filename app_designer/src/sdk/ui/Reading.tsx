import type { Value } from "../api/types";
import { type Signal, signalMeta } from "../bindings/signal";
import { type LimitLevel, limitLevel, type Scale } from "../chart/scale_of";
import { limitLines } from "../chart/scales";
import { useLocale } from "../context";
import { type ShownValue, toPlot } from "../format/number";
import { formatDuration } from "../format/time";
import { type SignalState, useFormatter, useServerNow, useSignal } from "../hooks/live";
import { useBlockTexts } from "../i18n/block_texts";
import { Icon } from "./Icon";
import { Skeleton } from "./primitives";
import { QualityMark } from "./QualityMark";
import css from "./reading.module.css";

/** One signal as a block shows it. */
export interface Reading {
  signal: Signal;
  state: SignalState;
  shown: ShownValue;
  format: (value: Value) => ShownValue;
  /** The value as a number to draw; null where it is none or not known. */
  number: number | null;
  level: LimitLevel;
  /** Nothing has come yet: a skeleton stands for it. */
  loading: boolean;
  /** The pattern of what is not current. */
  hatched: boolean;
}

/** Everything a one-value block needs; `decimals` overrides those of the tag. */
export function useReading(signal: Signal, decimals?: number): Reading {
  const state = useSignal(signal);
  const format = useFormatter(signal, decimals);
  const { assessment } = state;
  const loading = assessment.level === "no_data" && (signal.tag !== null || signal.cell !== undefined);
  const number = toPlot(state.value);
  return {
    signal,
    state,
    format,
    shown: format(state.value),
    number,
    level: limitLevel(number, limitLines(signalMeta(signal).limits)),
    loading,
    hatched: !assessment.current && !loading && assessment.level !== "waiting",
  };
}

/** More characters than this get a smaller size. */
const LONG = 6;

/** The number, its unit in a lighter weight, and for a bad one what it last was. */
export function ReadingNumber({ reading }: { reading: Reading }) {
  const { state, shown, loading } = reading;
  if (loading)
    return (
      <span className={css.row}>
        <Skeleton width="60%" height="28px" />
      </span>
    );
  const past = state.value === null && state.lastGood !== null;
  return (
    <span className={css.row}>
      <span
        className={`${css.number} truncate`}
        data-current={state.assessment.current}
        data-word={shown.word}
        data-past={past}
        data-long={shown.text.length > LONG}
        title={shown.text}
      >
        {shown.text}
      </span>
      {state.value !== null && shown.unit ? <span className={css.unit}>{shown.unit}</span> : null}
      {past ? <LastGood reading={reading} /> : null}
    </span>
  );
}

function LastGood({ reading }: { reading: Reading }) {
  const { t } = useLocale();
  const { lastGood } = reading.state;
  const now = useServerNow(1000);
  if (!lastGood) return null;
  const { text, unit } = reading.format(lastGood.v);
  const age = formatDuration(now - lastGood.ts, t);
  // The unit is the first to go where room is short: the good value has it.
  const whole = t("state.last_good", { value: unit ? `${text} ${unit}` : text, age });
  return (
    <span className={`${css.last} truncate`} title={whole}>
      {t("state.last_good", { value: text, age })}
    </span>
  );
}

/** Below a value: its quality where that needs saying, else the limit it has passed. It keeps its room. */
export function ReadingMark({ reading }: { reading: Reading }) {
  const words = useBlockTexts();
  const { state, level, loading } = reading;
  const limit = state.assessment.current && level !== "normal";
  return (
    <span className={css.mark}>
      {loading ? null : <QualityMark assessment={state.assessment} sample={state.sample} />}
      {limit ? (
        <span className={css.limit} data-state={level} title={words(level)}>
          <Icon name={level.endsWith("_hi") || level.endsWith("_lo") ? "cross" : "warn"} size={14} />
          <span className="truncate">{words(level)}</span>
        </span>
      ) : null}
    </span>
  );
}

/** The sentence a screen reader says for a drawn value: number, unit, limit passed, quality. */
export function useSpoken(reading: Reading, title: string): string {
  const { t } = useLocale();
  const words = useBlockTexts();
  const { shown, state, level } = reading;
  const value = `${shown.text} ${state.value === null ? "" : shown.unit}`.trim();
  const limit = level === "normal" ? null : words(level);
  const quality = state.assessment.word ? t(state.assessment.word) : null;
  return `${title}: ${[value, limit, quality].filter(Boolean).join(", ")}`;
}

/** What makes a drawing of a value a meter; without a value or a scale it is a picture with the same sentence. */
export function useMeter(reading: Reading, scale: Pick<Scale, "min" | "max"> | null, title: string) {
  const spoken = useSpoken(reading, title);
  if (reading.number === null || !scale) return { role: "img", "aria-label": spoken };
  return {
    role: "meter",
    "aria-label": spoken,
    "aria-valuenow": reading.number,
    "aria-valuemin": scale.min,
    "aria-valuemax": scale.max,
    "aria-valuetext": spoken,
  };
}
