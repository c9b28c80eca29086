import { useEffect, useMemo, useSyncExternalStore } from "react";
import { useServices } from "../context";
import { type FeedState, HistoryFeed } from "../history/feed";
import { type RangeChoice, resolveRange, type TimeWindow } from "../range";
import { useServerNow } from "./live";

/** The window a choice means now; a live one moves on each second, or each pixel if that is longer. */
export function useWindow(choice: RangeChoice, pixels = 800): TimeWindow {
  const { live } = useServices();
  const length = useMemo(() => {
    const window = resolveRange(choice, live.clock.now());
    return window.to - window.from;
  }, [choice, live]);
  const period_ms = choice.kind === "live" ? Math.min(15_000, Math.max(1000, length / 1000 / pixels)) : 0;
  const now = useServerNow(period_ms);
  return useMemo(() => resolveRange(choice, now), [choice, now]);
}

/** The course of some tags over a range; holes left by a lost connection are loaded by themselves. */
export function useHistory(
  ids: number[],
  choice: RangeChoice,
  window: TimeWindow,
  points: number,
): FeedState & { reload: () => void } {
  const { history, live, store } = useServices();
  const key = ids.join(",");
  const feed = useMemo(() => {
    const list = key === "" ? [] : key.split(",").map(Number);
    return new HistoryFeed(history, live, store, list, points);
  }, [history, live, store, key, points]);
  useEffect(() => feed.start(), [feed]);
  const identity = choice.kind === "live" ? choice.span : `${choice.from}-${choice.to}`;
  useEffect(() => feed.setWindow(window, identity), [feed, window, identity]);
  const state = useSyncExternalStore(feed.subscribe, feed.snapshot);
  return { ...state, reload: () => feed.reload(0) };
}
