import type { CSSProperties, ReactNode } from "react";
import { useMemo } from "react";
import { type Signal, signalMeta } from "../bindings/signal";
import { useLocale, useServices } from "../context";
import { formatDuration, formatMoment } from "../format/time";
import type { FeedState } from "../history/feed";
import { useHistory } from "../hooks/history";
import { useLink } from "../hooks/live";
import { useSize } from "../hooks/size";
import { useBlockTexts } from "../i18n/block_texts";
import { useUnitWishes } from "../preferences/context";
import { formatShown } from "../preferences/format_shown";
import type { RangeChoice, TimeWindow } from "../range";
import { StateShape } from "../ui/StateShape";
import { holesOf } from "./holes";
import css from "./lanes.module.css";
import { seriesNames } from "./model";
import { meaningOf, type Segment, type StateShare, stateSegments, stateShares } from "./segments";
import { stateVariable } from "./states";
import { timeTicks } from "./time_ticks";

/** The states of one signal over a window. */
export interface LaneRow {
  signal: Signal;
  name: string;
  segments: Segment[];
  shares: StateShare[];
}

/** The rows of several signals over a window; a signal without a tag has an empty row. */
export function useLanes(
  signals: readonly Signal[],
  choice: RangeChoice,
  window: TimeWindow,
  points: number,
): { rows: LaneRow[]; feed: FeedState & { reload: () => void } } {
  const { language } = useLocale();
  const { live, store } = useServices();
  const link = useLink();
  const ids = useMemo(() => signals.flatMap((signal) => signal.tag?.id ?? []), [signals]);
  const feed = useHistory(ids, choice, window, points);
  const lost = link.lost_since_ms;
  const { version } = feed;
  // biome-ignore lint/correctness/useExhaustiveDependencies: tracks grow in place, `version` says when.
  const rows = useMemo(() => {
    const now = live.clock.now();
    const linkEnd = link.up || lost === null ? Infinity : now - (Date.now() - lost) * 1000;
    const names = seriesNames(signals, language);
    return signals.map((signal, index) => {
      const track = feed.tracks.get(signal.tag?.id ?? Number.NaN);
      const known = window.live ? Math.min(linkEnd, store.knownUntil(signal.tag?.id ?? 0)) : Infinity;
      const until = Math.min(known, now, window.to);
      const holes = track ? holesOf(track, signal.tag, feed.gaps, window, known) : [];
      const options = { transforms: signal.transforms, holes };
      const segments = track ? stateSegments(track, window, until, options) : [];
      return { signal, name: names[index] ?? "", segments, shares: stateShares(segments) };
    });
  }, [signals, version, window, lost, language]);
  return { rows, feed };
}

/** The word of a state in the reader's language. */
export function useStateWord(): (signal: Signal, segment: Pick<Segment, "key" | "value">) => string {
  const { language, t } = useLocale();
  const words = useBlockTexts();
  const wishes = useUnitWishes();
  const given = { yes: t("common.yes"), no: t("common.no"), none: t("common.none") };
  return (signal, { key, value }) => {
    if (key === null) return words("unknown");
    const { text, unit } = formatShown(signal, value, wishes, language, given);
    return unit ? `${text} ${unit}` : text;
  };
}

const percent = (share: number) => `${(share * 100).toFixed(3)}%`;

/** Room for a shape, and for each letter of a word beside it, px at 11 px text. */
const SHAPE_PX = 20;
const LETTER_PX = 6.5;
const WIDE_LETTER_PX = 11.5;

/** Whether a word and its shape have room: one cut to its first letter says nothing. */
export function hasRoom(word: string, width: number): boolean {
  let need = SHAPE_PX + 8;
  for (const letter of word) need += letter.charCodeAt(0) > 0x2e7f ? WIDE_LETTER_PX : LETTER_PX;
  return width >= need;
}

/** One row of states as coloured stretches with their shape and word; holes are hatched. */
export function Lane({ row, window }: { row: LaneRow; window: TimeWindow }) {
  const { language, t } = useLocale();
  const wordOf = useStateWord();
  const { ref, width } = useSize<HTMLSpanElement>();
  const length = window.to - window.from;
  const said = row.shares.map((share) => {
    const part = Math.round((share.duration_us / length) * 100);
    return `${wordOf(row.signal, share)} ${part} %`;
  });
  return (
    <span className={css.lane} ref={ref} role="img" aria-label={`${row.name}: ${said.join(", ")}`}>
      {row.segments.map((segment) => {
        const tone = stateVariable(meaningOf(signalMeta(row.signal), segment.key));
        const word = wordOf(row.signal, segment);
        const share = (segment.to - segment.from) / length;
        const style = {
          "--fill": `var(${tone.fill})`,
          "--ink": `var(${tone.text})`,
          insetInlineStart: percent((segment.from - window.from) / length),
          width: percent(share),
        } as CSSProperties;
        const from = formatMoment(segment.from, window.to, language);
        const lasted = formatDuration(segment.to - segment.from, t);
        return (
          <span
            key={segment.from}
            className={css.segment}
            data-unknown={segment.key === null}
            style={style}
            title={`${word}, ${from}, ${lasted}`}
          >
            {segment.key !== null && share * width >= SHAPE_PX ? (
              <StateShape shape={tone.shape} size={10} />
            ) : null}
            {segment.key !== null && hasRoom(word, share * width) ? <span>{word}</span> : null}
          </span>
        );
      })}
    </span>
  );
}

/** From here on a label stands before its tick: behind it there is no room. */
const LATE_SHARE = 0.9;

/** The time axis under lanes; `most` labels at most. */
export function LaneAxis({ window, most }: { window: TimeWindow; most: number }) {
  const { language } = useLocale();
  return (
    <span className={css.axis} aria-hidden="true">
      {timeTicks(window, most, language).map((tick) => (
        <span
          key={tick.share}
          className={css.tick}
          data-late={tick.share > LATE_SHARE}
          style={{ insetInlineStart: percent(tick.share) }}
        >
          {tick.label}
        </span>
      ))}
    </span>
  );
}

/** What each colour means, and how long it lasted over all rows. */
export function LaneLegend({ rows }: { rows: readonly LaneRow[] }): ReactNode {
  const { t } = useLocale();
  const wordOf = useStateWord();
  const entries = useMemo(() => {
    const found = new Map<
      string,
      { word: string; meaning: string | null; unknown: boolean; duration_us: number }
    >();
    for (const row of rows) {
      for (const share of row.shares) {
        const word = wordOf(row.signal, share);
        const meaning = meaningOf(signalMeta(row.signal), share.key);
        const key = `${word}|${meaning}`;
        const entry = found.get(key) ?? { word, meaning, unknown: share.key === null, duration_us: 0 };
        entry.duration_us += share.duration_us;
        found.set(key, entry);
      }
    }
    return [...found.values()].sort((a, b) => b.duration_us - a.duration_us);
  }, [rows, wordOf]);
  return (
    <ul className={css.legend}>
      {entries.map(({ word, meaning, unknown, duration_us }) => {
        const tone = stateVariable(meaning);
        const style = { "--fill": `var(${tone.fill})`, "--ink": `var(${tone.text})` } as CSSProperties;
        return (
          <li key={`${word}${meaning}`}>
            <span className={css.swatch} data-unknown={unknown} style={style}>
              {unknown ? null : <StateShape shape={tone.shape} size={10} />}
            </span>
            <span className="truncate" title={word}>
              {word}
            </span>
            <span className={css.lasted}>{formatDuration(duration_us, t)}</span>
          </li>
        );
      })}
    </ul>
  );
}
