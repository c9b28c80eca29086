import { useEffect, useRef } from "react";
import { applyTransforms } from "../bindings/transforms";
import { textKey } from "../format/number";
import { useFormatter } from "../hooks/live";
import { isBad } from "../quality";
import type { TimeWindow } from "../range";
import css from "./chart.module.css";
import type { DrawnTrack } from "./model";
import { stateVariable } from "./states";

/** The text of a value that stands for "none". */
const NOTHING = "—";

interface LaneProps {
  entry: DrawnTrack;
  window: TimeWindow;
  holdUntil: number;
  theme: string;
  onCursor: (at: number | null) => void;
}

interface Piece {
  from: number;
  to: number;
  key: string | null;
  text: string;
}

type Words = (value: NonNullable<DrawnTrack["track"]>["v"][number]) => string;

/** The pieces of equal state in a window; equal neighbours are joined, holes have key null. */
export function piecesOf(entry: DrawnTrack, window: TimeWindow, holdUntil: number, words: Words): Piece[] {
  const { track, signal } = entry;
  if (!track) return [];
  const pieces: Piece[] = [];
  track.t.forEach((t, index) => {
    const raw = applyTransforms(track.v[index] ?? null, signal.transforms);
    const good = !isBad(track.q[index] ?? 128) && raw !== null;
    const from = Math.max(t, window.from);
    const to = Math.min(track.t[index + 1] ?? Math.min(holdUntil, window.to), window.to);
    const key = good ? textKey(raw) : null;
    const last = pieces[pieces.length - 1];
    if (last && last.key === key && last.to >= from) last.to = Math.max(last.to, to);
    else if (to > from) pieces.push({ from, to, key, text: good ? words(raw) : "" });
  });
  return pieces;
}

/** One state over time as coloured bars with their word. */
export function StateLane({ entry, window, holdUntil, theme, onCursor }: LaneProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const format = useFormatter(entry.signal);
  const words = (value: Parameters<Words>[0]) => {
    const { text, unit } = format(value);
    return unit ? `${text} ${unit}` : text;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `theme` makes it read the colours again.
  useEffect(() => {
    if (canvas.current) paint(canvas.current, piecesOf(entry, window, holdUntil, words), entry, window);
  }, [entry, window, holdUntil, theme, format]);
  const move = (event: React.PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    onCursor(window.from + ((event.clientX - box.left) / box.width) * (window.to - window.from));
  };
  return (
    <div className={css.lane} onPointerMove={move} onPointerDown={move} onPointerLeave={() => onCursor(null)}>
      <canvas ref={canvas} role="img" aria-label={entry.name} />
    </div>
  );
}

function paint(canvas: HTMLCanvasElement, pieces: Piece[], entry: DrawnTrack, window: TimeWindow): void {
  const ratio = devicePixelRatio;
  const width = canvas.clientWidth * ratio;
  const height = canvas.clientHeight * ratio;
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext("2d");
  if (!ctx) return;
  const style = getComputedStyle(canvas);
  const scale = width / (window.to - window.from);
  ctx.font = `${11 * ratio}px ${style.fontFamily}`;
  ctx.textBaseline = "middle";
  for (const piece of pieces) {
    const x = (piece.from - window.from) * scale;
    const w = Math.max(1, (piece.to - piece.from) * scale);
    // Nothing to say (such as no cause of a stop) is left empty; only holes are hatched.
    if (piece.key === null || piece.text === NOTHING) continue;
    const tone = stateVariable(entry.signal.tag?.meta.colors?.[piece.key]);
    ctx.fillStyle = style.getPropertyValue(tone.fill);
    ctx.fillRect(x, 0, Math.max(ratio, w - ratio), height);
    ctx.fillStyle = style.getPropertyValue(tone.text);
    if (ctx.measureText(piece.text).width < w - 10 * ratio)
      ctx.fillText(piece.text, x + 5 * ratio, height / 2);
  }
  ctx.fillStyle = style.getPropertyValue("--hatch");
  for (const hole of entry.holes) {
    const x = (hole.from - window.from) * scale;
    const w = Math.max(2 * ratio, (hole.to - hole.from) * scale);
    ctx.clearRect(x, 0, w, height);
    for (let at = x; at < x + w; at += 5 * ratio)
      ctx.fillRect(at, 0, Math.min(2 * ratio, x + w - at), height);
  }
}
