import { useCallback, useMemo, useSyncExternalStore } from "react";
import type { Value } from "../api/types";
import { forgetFrame, nextFrame } from "../bindings/frame";
import type { Signal, ValueCell } from "../bindings/signal";
import { tickerOf } from "../bindings/ticker";
import { applyTransforms } from "../bindings/transforms";
import { useLocale, useServices } from "../context";
import type { ShownValue } from "../format/number";
import type { LinkState } from "../live/client";
import { useUnitWishes } from "../preferences/context";
import { shownFormatter } from "../preferences/format_shown";
import { type Assessment, assess, type Sample } from "../quality";

const never = () => () => {};
const NO_TICKS = () => 0;

/** The newest sample of a tag; only the component that calls this renders when it changes. */
export function useTagSample(id: number | null): Sample | null {
  const { store } = useServices();
  const subscribe = useCallback(
    (listener: () => void) => {
      if (id === null) return never();
      const once = () => nextFrame(listener);
      const stop = store.subscribe(id, once);
      return () => {
        stop();
        forgetFrame(listener);
      };
    },
    [store, id],
  );
  return useSyncExternalStore(subscribe, () => (id === null ? null : store.get(id)));
}

/** Whether the platform is heard, and since when not. */
export function useLink(): LinkState {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribeLink, live.linkState);
}

/** The server's time, µs UTC, renewed every `period_ms`; 0 stops the clock. */
export function useServerNow(period_ms: number): number {
  const { live } = useServices();
  const ticker = period_ms > 0 ? tickerOf(period_ms) : null;
  const ticks = useSyncExternalStore(ticker?.subscribe ?? never, ticker?.ticks ?? NO_TICKS);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each tick is another time.
  return useMemo(() => live.clock.now(), [live, ticks]);
}

export interface SignalState {
  sample: Sample | null;
  /** After the binding's transforms; null when bad. */
  value: Value;
  lastGood: { v: Value; ts: number } | null;
  assessment: Assessment;
}

const CONSTANT_TS = 0;

const NO_CELL = () => null;

/** The newest sample of a cell; null without one. */
function useCellSample(cell: ValueCell | undefined): Sample | null {
  return useSyncExternalStore(cell ? cell.subscribe : never, cell ? cell.get : NO_CELL);
}

/** What a signal says when its tag or cell says `live`. */
export function signalState(signal: Signal, live: Sample | null, link: LinkState): SignalState {
  const { cell, constant } = signal;
  if (signal.problem) {
    const level = signal.problem === "no_permission" ? "no_permission" : "unmapped";
    const assessment = { level, word: `state.${signal.problem}`, current: false } as const;
    return { sample: null, value: null, lastGood: null, assessment };
  }
  const sample =
    constant === undefined
      ? live
      : ({ v: constant, q: 0, ts: CONSTANT_TS, fresh: 0, good: null } satisfies Sample);
  const local = constant !== undefined || cell?.live === false;
  const linked = local || link.up || link.lost_since_ms === null;
  const good = sample?.good ?? null;
  return {
    sample,
    value: sample ? applyTransforms(sample.v, signal.transforms) : null,
    lastGood: good ? { v: applyTransforms(good.v, signal.transforms), ts: good.ts } : null,
    assessment: assess(sample, linked),
  };
}

/** Everything a component needs to show one signal honestly. */
export function useSignal(signal: Signal): SignalState {
  const { cell } = signal;
  const tagged = useTagSample(signal.constant === undefined && !cell ? (signal.tag?.id ?? null) : null);
  const celled = useCellSample(cell);
  return signalState(signal, cell ? celled : tagged, useLink());
}

/** Formats values of a signal in the reader's language and units. */
export function useFormatter(signal: Signal, decimals?: number): (value: Value) => ShownValue {
  const { language, t } = useLocale();
  const wishes = useUnitWishes();
  return useMemo(() => {
    const words = { yes: t("common.yes"), no: t("common.no"), none: t("common.none") };
    return shownFormatter(signal, wishes, language, words, decimals);
  }, [signal, language, t, wishes, decimals]);
}
