import type { Signal } from "../bindings/signal";
import { signalName } from "../bindings/signal";
import type { FeedState } from "../history/feed";
import type { Track } from "../history/track";
import type { Language } from "../i18n/catalogue";
import type { TimeWindow } from "../range";
import { type Hole, holesOf } from "./holes";
import { isState, seriesColor } from "./scales";

/** One drawn line or lane: its signal, name and colour. */
export interface Drawn {
  signal: Signal;
  name: string;
  /** CSS variable of its colour. */
  color: string;
  state: boolean;
}

export interface DrawnTrack extends Drawn {
  track: Track | null;
  holes: Hole[];
}

/**
 * Names that tell the series of one chart apart: where all show the same signal, that of the machine
 * is enough; where several machines meet (or `full` asks for it) both are needed.
 */
export function seriesNames(signals: readonly Signal[], language: Language, full = false): string[] {
  const names = signals.map((signal) => signalName(signal, language));
  const machines = new Set(signals.map((signal) => signal.assetName));
  if (signals.length > 1 && new Set(names).size === 1 && machines.size === signals.length)
    return signals.map((signal, index) => signal.assetName ?? names[index] ?? "");
  return signals.map((signal, index) => {
    const name = names[index] ?? "";
    return signal.assetName && (full || machines.size > 1) ? `${signal.assetName} · ${name}` : name;
  });
}

/** What a chart draws of each signal; `full` names say the machine in any case. */
export function drawnOf(signals: readonly Signal[], language: Language, full = false): Drawn[] {
  const names = seriesNames(signals, language, full);
  return signals.map((signal, index) => {
    return {
      signal,
      name: names[index] ?? "",
      color: seriesColor(index),
      state: isState(signal.tag),
    };
  });
}

/** The tracks of a chart with their holes; `knownUntil` is when the live stream was last complete. */
export function tracksOf(
  drawn: readonly Drawn[],
  feed: FeedState,
  window: TimeWindow,
  knownUntil: (tagId: number) => number,
): DrawnTrack[] {
  return drawn.map((entry) => {
    const id = entry.signal.tag?.id ?? -1;
    const track = feed.tracks.get(id) ?? null;
    const holes = track ? holesOf(track, entry.signal.tag, feed.gaps, window, knownUntil(id)) : [];
    return { ...entry, track, holes };
  });
}

/** Whether values hold until the next one: all but numbers that may have any value, and what lies on lines. */
export function isStepped({ tag }: Signal): boolean {
  return tag?.kind !== "f" && tag?.meta.thinned?.by !== "swinging_door";
}

/**
 * A silence longer than this (µs) is drawn as the value held. Behind a swinging door silence means that the values
 * lay on the straight line between the two samples: there it is drawn as a slope.
 */
export function holdAfter_us(signal: Signal): number {
  const { scan_ms, thinned } = signal.tag?.meta ?? {};
  const seen = 2.5e3 * (scan_ms ?? 1000);
  return thinned?.by === "swinging_door" ? 1e6 * (thinned.silence_max_s + 1) + seen : seen;
}
