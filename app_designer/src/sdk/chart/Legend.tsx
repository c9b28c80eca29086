import type { CSSProperties } from "react";
import { useLocale } from "../context";
import { useFormatter, useSignal } from "../hooks/live";
import { isBad, isUncertain, qualityWord } from "../quality";
import { Icon } from "../ui/Icon";
import css from "./chart.module.css";
import type { DrawnTrack } from "./model";
import { valueAt } from "./points";

interface LegendProps {
  tracks: readonly DrawnTrack[];
  /** Moment under the cursor, µs; null shows the present. */
  cursor: number | null;
  live: boolean;
  onRemove?: ((tagId: number) => void) | undefined;
  nameless?: boolean;
}

/** Name, colour and reading of each series; its places never move. */
export function Legend({ tracks, cursor, live, onRemove, nameless = false }: LegendProps) {
  if (tracks.length === 0) return null;
  const longest = Math.max(...tracks.map((entry) => textWidth(entry.name)));
  return (
    <ul className={css.legend} style={{ "--name": `${longest}ch` } as CSSProperties}>
      {tracks.map((entry) => (
        <li key={entry.signal.key} className={css.place}>
          <LegendItem entry={entry} cursor={cursor} live={live} onRemove={onRemove} nameless={nameless} />
        </li>
      ))}
    </ul>
  );
}

/** About how many digits wide a text is: Chinese characters are two. */
function textWidth(text: string): number {
  return [...text].reduce((width, letter) => width + ((letter.codePointAt(0) ?? 0) > 0x2e80 ? 1.8 : 1), 0);
}

/** One series: swatch, name, reading, and how to remove it. */
export function LegendItem({
  entry,
  cursor,
  live,
  onRemove,
  nameless = false,
}: Omit<LegendProps, "tracks"> & { entry: DrawnTrack }) {
  const { t } = useLocale();
  const id = entry.signal.tag?.id;
  return (
    <div className={css.item} data-removable={onRemove !== undefined} data-bare={nameless || entry.state}>
      <span className={css.swatch} style={{ color: `var(${entry.color})` }} />
      {nameless ? null : (
        <span className={`${css.name} truncate`} title={entry.name}>
          {entry.name}
        </span>
      )}
      {cursor === null && live ? <LiveReading entry={entry} /> : <PastReading entry={entry} at={cursor} />}
      {onRemove && id !== undefined ? (
        <button
          type="button"
          className={css.remove}
          onClick={() => onRemove(id)}
          aria-label={t("chart.remove", { name: entry.name })}
        >
          <Icon name="close" size={16} />
        </button>
      ) : null}
    </div>
  );
}

function LiveReading({ entry }: { entry: DrawnTrack }) {
  const { t } = useLocale();
  const { value, assessment } = useSignal(entry.signal);
  const format = useFormatter(entry.signal);
  if (!assessment.current) {
    const bad = assessment.level === "bad";
    return <Reading text={t(assessment.word ?? "state.no_data")} unit="" tone={bad ? "bad" : "none"} />;
  }
  const shown = format(value);
  return <Reading text={shown.text} unit={shown.unit} tone="good" />;
}

function PastReading({ entry, at }: { entry: DrawnTrack; at: number | null }) {
  const { t } = useLocale();
  const format = useFormatter(entry.signal);
  const { track, holes } = entry;
  const found = track && at !== null ? valueAt(track, holes, at) : null;
  if (!found) return <Reading text={at === null ? "" : t("common.none")} unit="" tone="none" />;
  if (found.hole || isBad(found.q)) {
    const { hole } = found;
    const word = hole?.gap
      ? t(`chart.gap.${hole.gap}`)
      : hole && hole.quality === null
        ? t("chart.no_value")
        : t(qualityWord(hole?.quality ?? found.q));
    return <Reading text={word} unit="" tone={hole && hole.quality === null ? "none" : "bad"} />;
  }
  const shown = format(found.v);
  const doubt = isUncertain(found.q) ? ` (${t(qualityWord(found.q))})` : "";
  return <Reading text={shown.text} unit={shown.unit + doubt} tone="good" />;
}

function Reading({ text, unit, tone }: { text: string; unit: string; tone: "good" | "bad" | "none" }) {
  return (
    <span className={`${css.reading} truncate`} data-tone={tone} title={text}>
      {text}
      {unit ? <span className={css.unit}>{unit}</span> : null}
    </span>
  );
}
