import type uPlot from "uplot";
import type { Hole } from "./holes";
import { commonHoles } from "./holes";
import type { LimitLine } from "./scales";

/** Colours of the theme as the canvas needs them. */
export interface Palette {
  text: string;
  grid: string;
  hatch: string;
  surface: string;
  warn: string;
  alarm: string;
  font: string;
  series: (variable: string) => string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(name).trim() || "#888";
  return {
    text: read("--text-3"),
    grid: read("--line"),
    hatch: read("--hatch"),
    surface: read("--surface"),
    warn: read("--warn-line"),
    alarm: read("--alarm"),
    font: style.fontFamily || "sans-serif",
    series: read,
  };
}

const STEP_PX = 7;

function hatch(
  ctx: CanvasRenderingContext2D,
  x: number,
  y: number,
  w: number,
  h: number,
  ratio: number,
): void {
  const step = STEP_PX * ratio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(x, y, w, h);
  ctx.clip();
  ctx.beginPath();
  for (let at = x - h - (x % step); at < x + w; at += step) {
    ctx.moveTo(at, y + h);
    ctx.lineTo(at + h, y);
  }
  ctx.lineWidth = 1.5 * ratio;
  ctx.stroke();
  ctx.restore();
}

function stretch(u: uPlot, hole: { from: number; to: number }): [number, number] {
  const left = Math.max(u.bbox.left, u.valToPos(hole.from / 1e6, "x", true));
  const right = Math.min(u.bbox.left + u.bbox.width, u.valToPos(hole.to / 1e6, "x", true));
  return [left, Math.max(0, right - left)];
}

/** Hatches holes: the whole height where no series has a value, a strip in its colour where one has none. */
export function paintHoles(
  u: uPlot,
  holes: readonly (readonly Hole[])[],
  colors: string[],
  palette: Palette,
): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.strokeStyle = palette.hatch;
  const common = commonHoles(holes);
  for (const hole of common) {
    const [x, width] = stretch(u, hole);
    if (width > 0) hatch(ctx, x, bbox.top, Math.max(width, 2 * ratio), bbox.height, ratio);
  }
  if (holes.length < 2) return;
  const height = 6 * ratio;
  holes.forEach((list, index) => {
    ctx.strokeStyle = colors[index] ?? palette.hatch;
    for (const hole of list) {
      if (common.some((whole) => whole.from <= hole.from && hole.to <= whole.to)) continue;
      const [x, width] = stretch(u, hole);
      if (width > 0)
        hatch(ctx, x, bbox.top + bbox.height - height * (index + 1), width, height - ratio, ratio);
    }
  });
}

/** Draws limits as dashed lines with their name at the right end. */
export function paintLimits(
  u: uPlot,
  limits: readonly LimitLine[],
  words: Record<string, string>,
  palette: Palette,
): void {
  const { ctx, bbox } = u;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `${11 * ratio}px ${palette.font}`;
  ctx.textAlign = "right";
  for (const { value, name } of limits) {
    const y = Math.round(u.valToPos(value, "y", true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    const outer = name === "hi_hi" || name === "lo_lo";
    ctx.strokeStyle = outer ? palette.alarm : palette.warn;
    ctx.fillStyle = palette.text;
    ctx.setLineDash(outer ? [2 * ratio, 3 * ratio] : [7 * ratio, 4 * ratio]);
    ctx.lineWidth = 1.25 * ratio;
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    const below = y - bbox.top < 16 * ratio;
    ctx.textBaseline = below ? "top" : "bottom";
    ctx.fillText(`${words[name]} ${value}`, bbox.left + bbox.width - 4 * ratio, y + (below ? 3 : -2) * ratio);
  }
  ctx.restore();
}
