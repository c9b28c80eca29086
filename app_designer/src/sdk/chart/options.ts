import uPlot from "uplot";
import { formatNumber } from "../format/number";
import { formatAxisTime } from "../format/time";
import { siteZone } from "../format/zone";
import type { Palette } from "./paint";
import { type LimitLine, yRange } from "./scales";

export interface ChartSeries {
  name: string;
  unit: string;
  color: string;
  stepped: boolean;
  decimals: number | null;
}

export interface ChartSetup {
  series: ChartSeries[];
  locale: string;
  palette: Palette;
  limits: LimitLine[];
  fixed: { min?: number | undefined; max?: number | undefined };
  onDrawBack: (u: uPlot) => void;
  onDrawFront: (u: uPlot) => void;
  onCursor: (u: uPlot) => void;
  onSelect: (u: uPlot) => void;
  onLayout: (u: uPlot) => void;
}

const AXIS_FONT_PX = 12;
/** Scales with an axis of their own; the third one only where there is room. */
const AXES = ["y", "y2", "y3"];
const NARROW_PX = 520;
const DECIMALS_MAX = 6;
const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86_400;
/** Steps of the time axis, s: those a clock face knows. */
const TIME_STEPS_S = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE_S),
  ...[1, 2, 3, 4, 6, 8, 12].map((n) => n * HOUR_S),
  ...[1, 2, 3, 5, 7, 10, 14, 28].map((n) => n * DAY_S),
];

/** Scale names by unit: the first unit is "y" with the left axis, the second "y2" with the right one. */
export function scaleNames(series: readonly { unit: string }[]): string[] {
  const units = [...new Set(series.map((entry) => entry.unit))];
  return series.map((entry) => {
    const place = units.indexOf(entry.unit);
    return place === 0 ? "y" : `y${place + 1}`;
  });
}

function axisWidth(u: uPlot, values: string[] | null): number {
  const longest = (values ?? []).reduce((widest, text) => (text.length > widest.length ? text : widest), "");
  u.ctx.font = `${AXIS_FONT_PX * devicePixelRatio}px ${getComputedStyle(u.root).fontFamily}`;
  return Math.ceil(u.ctx.measureText(longest).width / devicePixelRatio) + 14;
}

/** Digits after the point that a step of an axis needs: 2.5 needs one, 5 none. */
export function decimalsOf(step: number): number {
  for (let digits = 0; digits < DECIMALS_MAX; digits += 1) {
    const scaled = step * 10 ** digits;
    if (scaled >= 1 - 1e-9 && Math.abs(scaled - Math.round(scaled)) < 1e-6) return digits;
  }
  return DECIMALS_MAX;
}

/** Where there are several units, an axis names its own at its upper end, in the colour of its only series. */
function valueAxis(setup: ChartSetup, names: string[], scale: string, side: 1 | 3): uPlot.Axis {
  const { palette, locale } = setup;
  const own = setup.series.filter((_, index) => names[index] === scale);
  const several = own.length < names.length;
  const unit = several && own[0]?.unit ? ` ${own[0].unit}` : "";
  return {
    scale,
    side,
    stroke: (several && own.length === 1 && own[0]?.color) || palette.text,
    font: `${AXIS_FONT_PX}px ${palette.font}`,
    grid: { show: side === 3, stroke: palette.grid, width: 1 },
    ticks: { show: false },
    space: (_u, _axis, _min, _max, height) => Math.max(34, height / 10),
    gap: 6,
    size: axisWidth,
    values: (_u, splits, _index, _space, incr) => {
      const decimals = decimalsOf(incr || 1);
      const top = splits.length - 1;
      return splits.map((value, at) => formatNumber(value, decimals, locale) + (at === top ? unit : ""));
    },
  };
}

/** Whether a label centred at a moment lies on the canvas as a whole; half a label says a wrong time. */
function fits(u: uPlot, seconds: number, label: string): boolean {
  const { min, max } = u.scales.x ?? {};
  if (min === undefined || max === undefined || min === null || max === null || u.bbox.width <= 0)
    return true;
  const ratio = devicePixelRatio;
  u.ctx.font = `${AXIS_FONT_PX * ratio}px ${getComputedStyle(u.root).fontFamily}`;
  const half = u.ctx.measureText(label).width / 2;
  const centre = u.bbox.left + ((seconds - min) / (max - min)) * u.bbox.width;
  return centre - half >= 0 && centre + half <= u.width * ratio;
}

function timeAxis(setup: ChartSetup): uPlot.Axis {
  const { palette, locale } = setup;
  return {
    stroke: palette.text,
    font: `${AXIS_FONT_PX}px ${palette.font}`,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, size: 4 },
    incrs: TIME_STEPS_S,
    space: (_u, _axis, min, max, width) => Math.max(max - min < 3 * MINUTE_S ? 88 : 68, width / 12),
    size: 30,
    gap: 6,
    values: (u, splits, _index, _space, incr) =>
      splits.map((seconds) => {
        const label = formatAxisTime(seconds * 1000, incr * 1000, locale);
        return fits(u, seconds, label) ? label : null;
      }),
  };
}

/** The uPlot set-up of a chart; everything that changes with time goes through setData and setScale. */
export function chartOptions(setup: ChartSetup, width: number, height: number): uPlot.Options {
  const names = scaleNames(setup.series);
  const zone = siteZone();
  const scales: uPlot.Scales = { x: { time: true, auto: false } };
  for (const name of new Set(names)) {
    const decimals = setup.series[names.indexOf(name)]?.decimals ?? null;
    const own = name === "y";
    scales[name] = {
      range: (_u, min, max) => yRange(min, max, own ? setup.limits : [], decimals, own ? setup.fixed : {}),
    };
  }
  const axes = [timeAxis(setup)];
  for (const name of width < NARROW_PX ? AXES.slice(0, 2) : AXES)
    if (names.includes(name)) axes.push(valueAxis(setup, names, name, name === "y" ? 3 : 1));
  return {
    width,
    height,
    ...(zone ? { tzDate: (seconds: number) => uPlot.tzDate(new Date(seconds * 1000), zone) } : {}),
    padding: [names.length > 0 ? 10 : 0, names.includes("y2") ? 0 : 18, 0, 0],
    legend: { show: false },
    scales,
    axes,
    series: [
      {},
      ...setup.series.map(
        (entry, index): uPlot.Series => ({
          label: entry.name,
          scale: names[index] ?? "y",
          stroke: entry.color,
          width: 1.75,
          points: { show: false },
          spanGaps: false,
          ...(entry.stepped && uPlot.paths.stepped ? { paths: uPlot.paths.stepped({ align: 1 }) } : {}),
        }),
      ),
    ],
    cursor: {
      y: false,
      points: { size: 7, width: 2 },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      bind: { dblclick: () => null },
    },
    hooks: {
      drawClear: [setup.onDrawBack],
      draw: [setup.onDrawFront],
      setCursor: [setup.onCursor],
      setSelect: [setup.onSelect],
      drawAxes: [setup.onLayout],
    },
  };
}
