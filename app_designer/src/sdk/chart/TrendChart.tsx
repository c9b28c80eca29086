import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useLocale } from "../context";
import type { TimeWindow } from "../range";
import css from "./chart.module.css";
import { attachTouch } from "./gestures";
import { type DrawnTrack, holdAfter_us, isStepped } from "./model";
import { type ChartSetup, chartOptions } from "./options";
import { paintHoles, paintLimits, readPalette } from "./paint";
import { pointsOf } from "./points";
import { sharedLimits } from "./scales";

export interface TrendChartProps {
  tracks: readonly DrawnTrack[];
  window: TimeWindow;
  /** Up to here (µs) the last values are known to hold. */
  holdUntil: number;
  showLimits: boolean;
  fixed: { min?: number | undefined; max?: number | undefined };
  /** Grows with each theme change: canvas colours have to be read again. */
  theme: string;
  label: string;
  onCursor: (at: number | null) => void;
  onZoom: (from: number, to: number) => void;
  /** Where the plot lies between the axes: px left and right of it. */
  onLayout: (left: number, right: number) => void;
}

function dataOf(tracks: readonly DrawnTrack[], holdUntil: number): uPlot.AlignedData {
  const tables = tracks.map((entry): uPlot.AlignedData => {
    if (!entry.track) return [[], []];
    const [x, y] = pointsOf(entry.track, {
      transforms: entry.signal.transforms,
      holes: entry.holes,
      hold_us: holdAfter_us(entry.signal),
      holdUntil,
    });
    return [x, y];
  });
  if (tables.length === 1 && tables[0]) return tables[0];
  return tables.length > 0 ? uPlot.join(tables) : [[], []];
}

/** Keeps the latest props where uPlot's long-lived hooks can see them. */
function useLatest<T>(value: T) {
  const ref = useRef(value);
  ref.current = value;
  return ref;
}

type Latest = { readonly current: TrendChartProps };

function setupOf(host: Element, latest: Latest, locale: string, words: Record<string, string>): ChartSetup {
  const { tracks, showLimits, fixed } = latest.current;
  const palette = readPalette(host);
  const limits = showLimits ? sharedLimits(tracks.map((entry) => entry.signal)) : [];
  const colors = tracks.map((entry) => palette.series(entry.color));
  return {
    series: tracks.map((entry, index) => ({
      name: entry.name,
      unit: entry.signal.tag?.meta.unit ?? "",
      color: colors[index] ?? palette.text,
      stepped: isStepped(entry.signal),
      decimals: entry.signal.tag?.meta.decimals ?? null,
    })),
    locale,
    palette,
    limits,
    fixed,
    onDrawBack: (u) =>
      paintHoles(
        u,
        latest.current.tracks.map((entry) => entry.holes),
        colors,
        palette,
      ),
    onDrawFront: (u) => paintLimits(u, limits, words, palette),
    onCursor: (u) => {
      const { left } = u.cursor;
      latest.current.onCursor(
        left === undefined || left === null || left < 0 ? null : u.posToVal(left, "x") * 1e6,
      );
    },
    onLayout: (u) => {
      const left = u.bbox.left / devicePixelRatio;
      latest.current.onLayout(left, u.width - left - u.bbox.width / devicePixelRatio);
    },
    onSelect: (u) => {
      const { left, width } = u.select;
      if (width < 6) return;
      latest.current.onZoom(u.posToVal(left, "x") * 1e6, u.posToVal(left + width, "x") * 1e6);
      u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    },
  };
}

/** A canvas does not wait for the face it is told to use: the chart is drawn again once it is there. */
function useFontReady(): boolean {
  const [ready, setReady] = useState(() => document.fonts?.check(FACE) ?? true);
  useEffect(() => {
    if (!ready) void document.fonts.load(FACE).then(() => setReady(true));
  }, [ready]);
  return ready;
}

const FACE = '12px "Inter Variable"';

function useChart(props: TrendChartProps) {
  const ready = useFontReady();
  const { language, t } = useLocale();
  const host = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot | null>(null);
  const latest = useLatest(props);
  const pinching = useRef(false);
  const words = useMemo(
    () => ({
      lo_lo: t("chart.limits.lo_lo"),
      lo: t("chart.limits.lo"),
      hi: t("chart.limits.hi"),
      hi_hi: t("chart.limits.hi_hi"),
    }),
    [t],
  );
  const shape = `${props.tracks.map((entry) => entry.signal.key).join("|")}|${props.theme}|${props.showLimits}|${ready}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for what makes another chart.
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const setup = setupOf(element, latest, language, words);
    const size = () => ({
      width: Math.max(80, element.clientWidth),
      height: Math.max(30, element.clientHeight),
    });
    const u = new uPlot(chartOptions(setup, size().width, size().height), [[], []], element);
    chart.current = u;
    apply(u, latest.current);
    const detach = attachTouch(u, {
      onPreview: (min, max) => {
        pinching.current = true;
        u.setScale("x", { min, max });
      },
      onZoom: (min, max) => {
        pinching.current = false;
        latest.current.onZoom(min * 1e6, max * 1e6);
      },
    });
    const observer = new ResizeObserver(() => u.setSize(size()));
    observer.observe(element);
    return () => {
      observer.disconnect();
      detach();
      u.destroy();
      chart.current = null;
    };
  }, [shape, language, words]);
  useEffect(() => {
    if (chart.current && !pinching.current) apply(chart.current, props);
  });
  return { host, chart };
}

function apply(u: uPlot, props: TrendChartProps): void {
  u.batch(() => {
    u.setData(dataOf(props.tracks, props.holdUntil), false);
    u.setScale("x", { min: props.window.from / 1e6, max: props.window.to / 1e6 });
  });
}

/** The canvas of a trend. Loaded only when a trend is shown; draws, reports cursor and zoom, decides nothing. */
export default function TrendChart(props: TrendChartProps) {
  const { host, chart } = useChart(props);
  const [place, setPlace] = useState<number | null>(null);
  const step = (event: React.KeyboardEvent) => {
    const u = chart.current;
    if (!u) return;
    const direction = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (event.key === "Escape") u.setCursor({ left: -10, top: -10 });
    if (direction === 0) return;
    event.preventDefault();
    const width = u.over.clientWidth;
    const next = Math.min(width, Math.max(0, (place ?? width) + direction * Math.max(1, width / 100)));
    setPlace(next);
    u.setCursor({ left: next, top: 10 });
  };
  return (
    <div ref={host} className={css.plot} role="img" aria-label={props.label} tabIndex={0} onKeyDown={step} />
  );
}
