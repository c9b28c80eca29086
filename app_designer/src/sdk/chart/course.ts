import { useMemo } from "react";
import type { Signal } from "../bindings/signal";
import { useRange, useServices } from "../context";
import type { FeedState } from "../history/feed";
import type { Track } from "../history/track";
import { useHistory, useWindow } from "../hooks/history";
import { useLink } from "../hooks/live";
import type { TimeWindow } from "../range";
import { type Hole, holesOf } from "./holes";

/** The course of one signal over the page's time range, with its holes. */
export interface Course {
  window: TimeWindow;
  feed: FeedState & { reload: () => void };
  track: Track | null;
  holes: readonly Hole[];
}

const NONE: readonly Hole[] = [];

/** `points`: about how many are drawn. Where the platform is not heard, the last value is not known to hold. */
export function useCourse(signal: Signal, points: number): Course {
  const { choice } = useRange();
  const { live, store } = useServices();
  const link = useLink();
  const window = useWindow(choice, points);
  const id = signal.tag?.id;
  const ids = useMemo(() => (id === undefined ? [] : [id]), [id]);
  const feed = useHistory(ids, choice, window, points);
  const track = (id === undefined ? undefined : feed.tracks.get(id)) ?? null;
  const lost = link.lost_since_ms;
  const { version, gaps } = feed;
  // biome-ignore lint/correctness/useExhaustiveDependencies: tracks grow in place, `version` says when.
  const holes = useMemo(() => {
    if (!track || id === undefined) return NONE;
    const linkEnd = link.up || lost === null ? Infinity : live.clock.now() - (Date.now() - lost) * 1000;
    const known = window.live ? Math.min(linkEnd, store.knownUntil(id)) : Infinity;
    return holesOf(track, signal.tag, gaps, window, known);
  }, [track, version, gaps, window, link.up, lost, signal, id]);
  return { window, feed, track, holes };
}
