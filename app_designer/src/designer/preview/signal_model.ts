import type { Tag, Value } from "@sdk/api/types";

/** A course made up from what a tag says of itself: the same tag at the same time always has the same value. */

const S = 1e6;
const STATE_STEP_US = 45 * S;

/** A number in [0, 1) from two whole numbers; spread well enough for a picture. */
function spread(a: number, b: number): number {
  let x = (Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35)) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
  x = Math.imul(x ^ (x >>> 12), 0x297a2d39) >>> 0;
  return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
}

/** Where the number of a tag usually is: within its limits, else the middle of its span. */
export function usualRange({ meta }: Tag): [number, number] {
  const [low, high] = meta.span ?? [0, 100];
  const { lo, hi } = meta.limits ?? {};
  const from = lo ?? low + (high - low) * 0.25;
  const to = hi ?? high - (high - low) * 0.25;
  const margin = (to - from) * 0.15;
  return from < to ? [from + margin, to - margin] : [low, high];
}

function stateAt(tag: Tag, ts: number): Value {
  const codes = Object.keys({ ...tag.meta.texts, ...tag.meta.colors });
  const running = Object.entries(tag.meta.colors ?? {}).find(([, meaning]) => meaning === "running")?.[0];
  const step = Math.floor(ts / STATE_STEP_US);
  const pick = spread(tag.id, step);
  const code =
    running !== undefined && pick < 0.7 ? running : (codes[Math.floor(pick * codes.length)] ?? "0");
  if (tag.kind === "b") return code === "1" || code === "true";
  return tag.kind === "s" ? code : Number(code);
}

const isCounter = (tag: Tag): boolean =>
  (tag.kind === "u" || tag.kind === "i") && !tag.meta.span && Object.keys(tag.meta.texts ?? {}).length === 0;

/** The value of a tag at a moment (µs UTC). */
export function valueAt(tag: Tag, ts: number): Value {
  const texts = Object.keys({ ...tag.meta.texts, ...tag.meta.colors });
  if (texts.length > 1) return stateAt(tag, ts);
  if (tag.kind === "s") return `${tag.key.split("/").at(-1) ?? tag.key}`;
  if (tag.kind === "b") return spread(tag.id, Math.floor(ts / STATE_STEP_US)) < 0.6;
  if (isCounter(tag)) return Math.floor(((ts / S) % 1e6) / (2 + Math.floor(spread(tag.id, 0) * 20)));
  const [from, to] = usualRange(tag);
  const period_s = 120 + spread(tag.id, 1) * 600;
  const wave = Math.sin((ts / S / period_s) * 2 * Math.PI + spread(tag.id, 2) * 7);
  const noise = spread(tag.id, Math.floor(ts / S)) - 0.5;
  const value = (from + to) / 2 + ((to - from) / 2) * (wave * 0.8 + noise * 0.1);
  return tag.kind === "f" ? value : Math.round(value);
}
