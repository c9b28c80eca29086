import { useServices } from "@sdk";
import type { HistorySource } from "@sdk/context";
import { useCallback, useEffect, useRef, useState } from "react";

/** A replay begins so long ago, µs, where there is history that old. */
const REPLAY_BACK_US = 600e6;
const POINTS = 50;
const IDS_MAX = 100;

/** A replay waits for so many of the tags; the last may have been made a moment ago. */
const SHARE = 0.9;

/** The moment from `from` on at which nearly all tags that have values have one; `from` where that cannot be told. */
export async function firstMoment(
  history: Pick<HistorySource, "load">,
  ids: readonly number[],
  from: number,
  to: number,
): Promise<number> {
  if (ids.length === 0) return from;
  const { series } = await history
    .load(ids.slice(0, IDS_MAX), from, to, POINTS)
    .catch(() => ({ series: [] }));
  const firsts = series.flatMap(({ t, v }) => t.find((_, index) => v[index] !== null) ?? []);
  const first = firsts.sort((a, b) => a - b)[Math.floor((firsts.length - 1) * SHARE)];
  return first === undefined ? from : Math.max(from, Math.ceil(first));
}

/** The moment a replay shows; null while other data are chosen. Going back to live ends it. */
export function useReplay(on: boolean, ids: readonly number[], goLive: () => void) {
  const { live, history } = useServices();
  const [at, setMoment] = useState<number | null>(null);
  const wanted = useRef(ids);
  wanted.current = ids;
  useEffect(() => {
    if (!on) return setMoment(null);
    const now = live.clock.now();
    const begin = now - REPLAY_BACK_US;
    setMoment(begin);
    void firstMoment(history, wanted.current, begin, now).then((first) =>
      setMoment((moment) => (moment === begin ? first : moment)),
    );
  }, [on, live, history]);
  const leave = useRef(goLive);
  leave.current = goLive;
  const setAt = useCallback((moment: number | null) => {
    if (moment === null) leave.current();
    else setMoment(moment);
  }, []);
  return { at: on ? at : null, setAt };
}
