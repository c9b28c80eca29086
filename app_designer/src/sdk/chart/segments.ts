import type { Transform } from "../../generated/documents.gen";
import type { TagMeta, Value } from "../api/types";
import { applyTransforms } from "../bindings/transforms";
import { textKey } from "../format/number";
import type { Track } from "../history/track";
import { isBad } from "../quality";
import type { Hole } from "./holes";

/** A stretch of one state; `key` null: nothing good is known. Times µs UTC. */
export interface Segment {
  from: number;
  to: number;
  key: string | null;
  value: Value;
}

/**
 * The stretches of equal state within a window: equal neighbours are joined, each value holds until the
 * next, and what lies in a hole is nobody's.
 */
export function stateSegments(
  track: Pick<Track, "t" | "v" | "q">,
  window: { from: number; to: number },
  holdUntil: number,
  options: { transforms?: readonly Transform[]; holes?: readonly Hole[] } = {},
): Segment[] {
  const end = Math.min(window.to, holdUntil);
  const segments: Segment[] = [];
  track.t.forEach((t, index) => {
    const from = Math.max(t, window.from);
    const to = Math.min(track.t[index + 1] ?? end, end);
    if (to <= from) return;
    const value = applyTransforms(track.v[index] ?? null, options.transforms ?? []);
    const key = isBad(track.q[index] ?? 128) || value === null ? null : textKey(value);
    for (const piece of outside({ from, to, key, value }, options.holes ?? [])) append(segments, piece);
  });
  return segments;
}

function append(segments: Segment[], next: Segment): void {
  const last = segments[segments.length - 1];
  if (last && last.key === next.key && last.to >= next.from) last.to = Math.max(last.to, next.to);
  else segments.push(next);
}

/** The parts of a segment that lie in no hole, with the holes between them as unknown. */
function outside(segment: Segment, holes: readonly Hole[]): Segment[] {
  let rest = [segment];
  for (const hole of holes) {
    rest = rest.flatMap((piece) => {
      if (hole.to <= piece.from || hole.from >= piece.to || piece.key === null) return [piece];
      const cut = { from: Math.max(piece.from, hole.from), to: Math.min(piece.to, hole.to) };
      return [
        { ...piece, to: cut.from },
        { ...cut, key: null, value: null },
        { ...piece, from: cut.to },
      ].filter((part) => part.to > part.from);
    });
  }
  return rest;
}

export interface StateShare {
  key: string | null;
  value: Value;
  /** How long the state lasted in all, µs, and how often it began. */
  duration_us: number;
  count: number;
}

/** How long each state lasted, the longest first; the unknown is the last. */
export function stateShares(segments: readonly Segment[]): StateShare[] {
  const found = new Map<string | null, StateShare>();
  for (const { from, to, key, value } of segments) {
    const entry = found.get(key) ?? { key, value, duration_us: 0, count: 0 };
    entry.duration_us += to - from;
    entry.count += 1;
    found.set(key, entry);
  }
  return [...found.values()].sort((a, b) =>
    a.key === null ? 1 : b.key === null ? -1 : b.duration_us - a.duration_us,
  );
}

/** The meaning (tone) of a state by the colours of its tag. */
export const meaningOf = (meta: TagMeta, key: string | null): string | null =>
  key === null ? null : (meta.colors?.[key] ?? null);
