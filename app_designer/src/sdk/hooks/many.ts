import { useCallback, useMemo, useRef, useSyncExternalStore } from "react";
import type { Value } from "../api/types";
import type { Signal } from "../bindings/signal";
import { applyTransforms } from "../bindings/transforms";
import { useServices } from "../context";
import { type Assessment, assess, type Sample } from "../quality";
import { useLink } from "./live";

export interface ManyState {
  signal: Signal;
  value: Value;
  assessment: Assessment;
}

/** The present values of several signals at once, for blocks that compare them. One change renders the block once. */
export function useManySignals(signals: readonly Signal[]): ManyState[] {
  const { store } = useServices();
  const link = useLink();
  const version = useRef(0);
  const subscribe = useCallback(
    (listener: () => void) => {
      const tell = () => {
        version.current += 1;
        listener();
      };
      const stops = signals.map((signal) => {
        if (signal.cell) return signal.cell.subscribe(tell);
        return signal.tag ? store.subscribe(signal.tag.id, tell) : () => {};
      });
      return () => {
        for (const stop of stops) stop();
      };
    },
    [signals, store],
  );
  const seen = useSyncExternalStore(subscribe, () => version.current);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `seen` grows with every change of a value.
  return useMemo(
    () =>
      signals.map((signal) => {
        if (signal.problem) {
          const level = signal.problem === "no_permission" ? "no_permission" : "unmapped";
          const word = `state.${signal.problem}` as const;
          return { signal, value: null, assessment: { level, word, current: false } };
        }
        const sample: Sample | null =
          signal.constant !== undefined
            ? { v: signal.constant, q: 0, ts: 0, fresh: 0, good: null }
            : signal.cell
              ? signal.cell.get()
              : signal.tag
                ? store.get(signal.tag.id)
                : null;
        const local = signal.constant !== undefined || signal.cell?.live === false;
        const linked = local || link.up || link.lost_since_ms === null;
        const value = sample ? applyTransforms(sample.v, signal.transforms) : null;
        return { signal, value, assessment: assess(sample, linked) };
      }),
    [signals, store, link, seen],
  );
}
