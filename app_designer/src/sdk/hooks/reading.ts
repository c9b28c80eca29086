import { type RefObject, useLayoutEffect, useMemo, useRef, useSyncExternalStore } from "react";
import type { Value } from "../api/types";
import { forgetFrame, nextFrame } from "../bindings/frame";
import { type Signal, signalMeta } from "../bindings/signal";
import { type LimitLevel, limitLevel } from "../chart/scale_of";
import { type LimitLine, limitLines } from "../chart/scales";
import { useServices } from "../context";
import { type ShownValue, toPlot } from "../format/number";
import type { LiveStore } from "../live/store";
import type { Sample } from "../quality";
import { type SignalState, signalState, useFormatter, useLink, useSignal } from "./live";

/** One signal as a block shows it. */
export interface Reading {
  signal: Signal;
  state: SignalState;
  shown: ShownValue;
  format: (value: Value) => ShownValue;
  /** The value as a number to draw; null where it is none or not known. */
  number: number | null;
  level: LimitLevel;
  /** Nothing has come yet: a skeleton stands for it. */
  loading: boolean;
  /** The pattern of what is not current. */
  hatched: boolean;
  /** Of a steady reading: where the numbers between two renders come from. */
  steady?: SteadySource;
}

export type SteadyReading = Reading & { steady: SteadySource };

type Format = (value: Value) => ShownValue;

function readingOf(signal: Signal, state: SignalState, format: Format, lines: readonly LimitLine[]): Reading {
  const { assessment } = state;
  const loading = assessment.level === "no_data" && (signal.tag !== null || signal.cell !== undefined);
  const number = toPlot(state.value);
  return {
    signal,
    state,
    format,
    shown: format(state.value),
    number,
    level: limitLevel(number, lines),
    loading,
    hatched: !assessment.current && !loading && assessment.level !== "waiting",
  };
}

/** Everything a one-value block needs; `decimals` overrides those of the tag. */
export function useReading(signal: Signal, decimals?: number): Reading {
  const state = useSignal(signal);
  const format = useFormatter(signal, decimals);
  return readingOf(signal, state, format, limitLines(signalMeta(signal).limits));
}

/** More characters than this get a smaller size. */
const LONG = 6;

export const isLong = ({ text }: ShownValue): boolean => text.length > LONG;

/** Whether a tile that showed `a` shows `b` by writing another number into its place. */
function differsInNumberOnly(a: Reading, b: Reading): boolean {
  return (
    b.state.value !== null &&
    a.state.value !== null &&
    a.level === b.level &&
    a.state.assessment.level === b.state.assessment.level &&
    a.state.assessment.word === b.state.assessment.word &&
    a.shown.unit === b.shown.unit &&
    !a.shown.word &&
    !b.shown.word &&
    isLong(a.shown) === isLong(b.shown) &&
    (a.number === null) === (b.number === null) &&
    // An age is drawn beside these.
    a.state.assessment.current
  );
}

function listenTo(store: LiveStore, signal: Signal, changed: () => void): () => void {
  if (signal.constant !== undefined || signal.problem) return () => {};
  if (signal.cell) return signal.cell.subscribe(changed);
  return signal.tag ? store.subscribe(signal.tag.id, changed) : () => {};
}

/**
 * The readings of a signal, for a tile of which there may be hundreds: React hears of one that changes the tile's
 * shape (its quality, its limit, its unit); what only changes the number is drawn by who follows.
 */
export class SteadySource {
  private readonly followers = new Set<(reading: Reading) => void>();
  private last: Reading | null = null;
  private of: Sample | null = null;
  private told: Reading | null = null;

  constructor(
    private readonly listen: (changed: () => void) => () => void,
    private readonly sample: () => Sample | null,
    private readonly make: (sample: Sample | null) => Reading,
  ) {}

  /** The newest reading. */
  now = (): Reading => {
    const sample = this.sample();
    if (!this.last || this.of !== sample) {
      this.last = this.make(sample);
      this.of = sample;
    }
    return this.last;
  };

  /** The reading that the tile was last drawn anew for: the same one while only the number changes. */
  shape = (): Reading => {
    const now = this.now();
    if (!this.told || !differsInNumberOnly(this.told, now)) this.told = now;
    return this.told;
  };

  subscribe = (anew: () => void): (() => void) => {
    const draw = () => {
      // React compares for itself: a render it began and dropped has seen a shape that is on no screen.
      anew();
      for (const follow of this.followers) follow(this.now());
    };
    const stop = this.listen(() => nextFrame(draw));
    return () => {
      stop();
      forgetFrame(draw);
    };
  };

  /** Draws now, and again at each new number. */
  follow(draw: (reading: Reading) => void): () => void {
    this.followers.add(draw);
    draw(this.now());
    return () => this.followers.delete(draw);
  }
}

/**
 * As `useReading`, for a block that stands on a page by the hundred: it renders when quality, limit or unit change.
 * The number in between is drawn by `ReadingNumber`, or by whoever follows `steady`.
 */
export function useSteadyReading(signal: Signal, decimals?: number): SteadyReading {
  const { store } = useServices();
  const link = useLink();
  const format = useFormatter(signal, decimals);
  const source = useMemo(() => {
    const lines = limitLines(signalMeta(signal).limits);
    const { tag, cell } = signal;
    return new SteadySource(
      (changed) => listenTo(store, signal, changed),
      () => (cell ? cell.get() : tag ? store.get(tag.id) : null),
      (sample) => readingOf(signal, signalState(signal, sample, link), format, lines),
    );
  }, [store, signal, link, format]);
  const reading = useSyncExternalStore(source.subscribe, source.shape);
  return useMemo(() => ({ ...reading, steady: source }), [reading, source]);
}

/**
 * The element that shows what a steady reading says, drawn at each new number without React; `draw` keeps its identity
 * while it draws the same.
 */
export function useDrawn<E extends Element>(
  steady: SteadySource,
  draw: (element: E, reading: Reading) => void,
): RefObject<E | null> {
  const at = useRef<E>(null);
  useLayoutEffect(
    () =>
      steady.follow((reading) => {
        if (at.current) draw(at.current, reading);
      }),
    [steady, draw],
  );
  return at;
}
