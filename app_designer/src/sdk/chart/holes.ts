import type { HistoryGap, Tag } from "../api/types";
import type { Track } from "../history/track";
import { isBad } from "../quality";

/** A stretch of time without a good value, and why: a quality code or a recorded gap. Times µs UTC. */
export interface Hole {
  from: number;
  to: number;
  quality: number | null;
  gap: HistoryGap["kind"] | null;
}

/** Recorded gaps that concern a tag: those of its connection, or of its whole edge. */
export function gapsOf(tag: Tag | null, gaps: readonly HistoryGap[]): HistoryGap[] {
  if (!tag) return [];
  return gaps.filter(
    (gap) => gap.edge === tag.edge && (!gap.connection || gap.connection === tag.connection),
  );
}

/** Bad stretches of a track: from each bad sample to the next sample that is not, or to `end`. */
export function badStretches(track: Track, end: number): Hole[] {
  const holes: Hole[] = [];
  let open: Hole | null = null;
  track.t.forEach((t, index) => {
    const q = track.q[index] ?? 128;
    if (isBad(q)) {
      open ??= { from: t, to: end, quality: q, gap: null };
      return;
    }
    if (open) holes.push({ ...open, to: t });
    open = null;
  });
  if (open) holes.push(open);
  return holes.filter((hole) => hole.to > hole.from);
}

/** All holes of a track in [from, to]. `knownUntil`: up to when the stream is known to be complete. */
export function holesOf(
  track: Track,
  tag: Tag | null,
  gaps: readonly HistoryGap[],
  window: { from: number; to: number },
  knownUntil: number,
): Hole[] {
  const holes = badStretches(track, window.to);
  for (const gap of gapsOf(tag, gaps))
    holes.push({ from: gap.from, to: gap.to, quality: null, gap: gap.kind });
  if (knownUntil < window.to) holes.push({ from: knownUntil, to: window.to, quality: null, gap: null });
  return holes
    .filter((hole) => hole.to > window.from && hole.from < window.to)
    .map((hole) => ({ ...hole, from: Math.max(hole.from, window.from), to: Math.min(hole.to, window.to) }))
    .sort((a, b) => a.from - b.from);
}

export function holeAt(holes: readonly Hole[], t: number): Hole | null {
  return holes.find((hole) => hole.from <= t && t < hole.to) ?? null;
}

/** Stretches without the ones that lie over each other: hatched twice they would look like something else. */
export function united(holes: readonly { from: number; to: number }[]): { from: number; to: number }[] {
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of [...holes].sort((a, b) => a.from - b.from)) {
    const last = joined[joined.length - 1];
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
}

/** Stretches that lie in a hole of every list: there the whole plot is hatched. */
export function commonHoles(lists: readonly (readonly Hole[])[]): { from: number; to: number }[] {
  const [first, ...others] = lists;
  if (!first) return [];
  let common = united(first);
  for (const list of others) {
    common = common.flatMap((a) =>
      united(list)
        .map((b) => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) }))
        .filter((piece) => piece.to > piece.from),
    );
  }
  return common;
}
