import uPlot from "uplot";
import { formatNumber } from "../format/number";
import { formatAxisTime } from "../format/time";
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

function valueAxis(setup: ChartSetup, scale: string, side: 1 | 3): uPlot.Axis {
  const { palette, locale } = setup;
  return {
    scale,
    side,
    stroke: palette.text,
    font: `${AXIS_FONT_PX}px ${palette.font}`,
    grid: { show: side === 3, stroke: palette.grid, width: 1 },
    ticks: { show: false },
    space: 34,
    gap: 6,
    size: axisWidth,
    values: (_u, splits, _index, _space, incr) => {
      const decimals = Math.max(0, Math.min(6, Math.ceil(-Math.log10(incr || 1) - 1e-9)));
      return splits.map((value) => formatNumber(value, decimals, locale));
    },
  };
}

function timeAxis(setup: ChartSetup): uPlot.Axis {
  const { palette, locale } = setup;
  return {
    stroke: palette.text,
    font: `${AXIS_FONT_PX}px ${palette.font}`,
    grid: { stroke: palette.grid, width: 1 },
    ticks: { stroke: palette.grid, size: 4 },
    space: 84,
    size: 30,
    gap: 6,
    values: (_u, splits, _index, _space, incr) =>
      splits.map((seconds) => formatAxisTime(seconds * 1000, incr * 1000, locale)),
  };
}

/** The uPlot set-up of a chart; everything that changes with time goes through setData and setScale. */
export function chartOptions(setup: ChartSetup, width: number, height: number): uPlot.Options {
  const names = scaleNames(setup.series);
  const scales: uPlot.Scales = { x: { time: true, auto: false } };
  for (const name of new Set(names)) {
    const decimals = setup.series[names.indexOf(name)]?.decimals ?? null;
    const own = name === "y";
    scales[name] = {
      range: (_u, min, max) => yRange(min, max, own ? setup.limits : [], decimals, own ? setup.fixed : {}),
    };
  }
  const axes = [timeAxis(setup)];
  if (names.length > 0) axes.push(valueAxis(setup, "y", 3));
  if (names.includes("y2")) axes.push(valueAxis(setup, "y2", 1));
  return {
    width,
    height,
    padding: [names.length > 0 ? 10 : 0, names.includes("y2") ? 0 : 12, 0, 0],
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
