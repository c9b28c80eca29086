import { type HTMLAttributes, type RefObject, useCallback, useLayoutEffect, useRef } from "react";
import type { Scale } from "../chart/scale_of";
import { useLocale } from "../context";
import { formatDuration } from "../format/time";
import { useServerNow } from "../hooks/live";
import { isLong, type Reading, type SteadyReading, useDrawn } from "../hooks/reading";
import { useBlockTexts } from "../i18n/block_texts";
import { Icon } from "./Icon";
import { Skeleton } from "./primitives";
import { QualityMark } from "./QualityMark";
import css from "./reading.module.css";

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
  const long = isLong(shown);
  // What is short needs neither a cut nor a flexible row: laying it out costs half.
  const plain = !long && !shown.word && !past;
  const inside = (
    <>
      <span
        className={plain ? css.number : `${css.number} truncate`}
        data-current={state.assessment.current}
        data-word={shown.word}
        data-past={past}
        data-long={long}
      >
        <NumberText reading={reading} long={!plain} />
      </span>
      {state.value !== null && shown.unit ? <span className={css.unit}>{shown.unit}</span> : null}
      {past ? <LastGood reading={reading} /> : null}
    </>
  );
  return (
    <span className={css.row} data-plain={plain}>
      {plain && reading.steady ? <span className={css.alone}>{inside}</span> : inside}
    </span>
  );
}

/** The text itself: of a steady reading it is written without React, some hundred times in a frame. */
function NumberText({ reading, long }: { reading: Reading; long: boolean }) {
  const at = useRef<HTMLSpanElement>(null);
  const { steady, shown } = reading;
  useLayoutEffect(() => {
    const span = at.current;
    if (!span || !steady) return;
    const text = span.appendChild(document.createTextNode(""));
    const stop = steady.follow(({ shown }) => {
      text.data = shown.text;
      if (long) span.title = shown.text;
    });
    return () => {
      stop();
      text.remove();
    };
  }, [steady, long]);
  if (steady) return <span ref={at} />;
  return <span title={long ? shown.text : undefined}>{shown.text}</span>;
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
function useSpeak(title: string): (reading: Reading) => string {
  const { t } = useLocale();
  const words = useBlockTexts();
  return useCallback(
    ({ shown, state, level }) => {
      const value = `${shown.text} ${state.value === null ? "" : shown.unit}`.trim();
      const limit = level === "normal" ? null : words(level);
      const quality = state.assessment.word ? t(state.assessment.word) : null;
      return `${title}: ${[value, limit, quality].filter(Boolean).join(", ")}`;
    },
    [title, t, words],
  );
}

/**
 * What makes a drawing of a value a meter; without a value or a scale it is a picture with the same sentence. Sentence
 * and number are written with each new number, without React.
 */
export function useMeter(
  reading: SteadyReading,
  scale: Pick<Scale, "min" | "max"> | null,
  title: string,
): HTMLAttributes<HTMLSpanElement> & { ref: RefObject<HTMLSpanElement | null> } {
  const speak = useSpeak(title);
  const measured = scale !== null;
  const draw = useCallback(
    (span: HTMLSpanElement, now: Reading) => {
      const spoken = speak(now);
      const metered = measured && now.number !== null;
      if (span.getAttribute("aria-label") === spoken && metered === span.hasAttribute("aria-valuenow"))
        return;
      span.setAttribute("aria-label", spoken);
      for (const [name, value] of [
        ["aria-valuetext", spoken],
        ["aria-valuenow", String(now.number)],
      ] as const) {
        if (metered) span.setAttribute(name, value);
        else span.removeAttribute(name);
      }
    },
    [speak, measured],
  );
  const ref = useDrawn(reading.steady, draw);
  if (reading.number === null || !scale) return { ref, role: "img" };
  return { ref, role: "meter", "aria-valuemin": scale.min, "aria-valuemax": scale.max };
}
