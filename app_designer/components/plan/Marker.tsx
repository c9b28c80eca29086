import {
  type ComponentProps,
  Icon,
  localText,
  type Signal,
  StateShape,
  signalMeta,
  signalName,
  stateVariable,
  textKey,
  useLocale,
  useOpenDetail,
  useReading,
} from "@sdk";
import type { CSSProperties } from "react";
import type { Place, PlanProps } from "./places";
import css from "./View.module.css";

interface MarkerProps {
  signal: Signal;
  index: number;
  place: Place;
  showValue: boolean;
  block: ComponentProps<PlanProps>;
}

/** A limit that is passed counts as a meaning, where the tag has no colours. */
const OF_LEVEL = { normal: null, lo: "attention", hi: "attention", lo_lo: "fault", hi_hi: "fault" } as const;

/** One machine at its place: the shape and colour of its state, its name, its value. */
export function Marker({ signal, index, place, showValue, block }: MarkerProps) {
  const { language, t } = useLocale();
  const open = useOpenDetail();
  const reading = useReading(signal);
  const { state, shown, level } = reading;
  const { value, assessment } = state;
  const meaning = value === null ? null : (signalMeta(signal).colors?.[textKey(value)] ?? OF_LEVEL[level]);
  const tone = stateVariable(meaning);
  const name = localText(place.label, language) || signal.assetName || signalName(signal, language);
  const word = assessment.current
    ? `${shown.text} ${shown.unit}`.trim()
    : t(assessment.word ?? "state.no_data");
  const press = () => {
    const done = block.emit("press", { index, value });
    if (!done && signal.tag) open(signal.tag.id);
  };
  const style = {
    "--fill": `var(${tone.fill})`,
    "--ink": `var(${tone.text})`,
    insetInlineStart: `${Math.min(100, Math.max(0, place.x))}%`,
    top: `${Math.min(100, Math.max(0, place.y))}%`,
  } as CSSProperties;
  return (
    <li className={css.place} style={style} data-state={meaning ?? "none"} data-level={assessment.level}>
      <button
        type="button"
        className={css.marker}
        data-current={assessment.current}
        disabled={!block.enabled}
        title={`${name}: ${word}`}
        onClick={press}
      >
        <span className={css.sign}>
          {assessment.current ? (
            <StateShape shape={tone.shape} size={16} />
          ) : (
            <Icon name="offline" size={16} />
          )}
        </span>
        <span className={css.words}>
          <span className={css.name}>{name}</span>
          {showValue ? (
            <span className={css.word}>{word}</span>
          ) : (
            <span className="visually-hidden">{word}</span>
          )}
        </span>
      </button>
    </li>
  );
}
