import { FramePace } from "./frame_pace";

/**
 * Work that is done once per painted frame, however many values arrive in between. A hidden page paints
 * nothing: what waits then is done when it is shown again, with the newest values.
 */
export type FrameScheduler = (run: () => void) => void;

const onFrame: FrameScheduler = new FramePace().schedule;
let schedule = onFrame;

let waiting = new Set<() => void>();
let asked = false;

/** Replaces the clock of frames; tests run at once. */
export function setFrameScheduler(scheduler: FrameScheduler | null): void {
  schedule = scheduler ?? onFrame;
  waiting.clear();
  asked = false;
}

/** So often what was done may ask for more within the same frame; what still asks then has the next one. */
const ROUNDS = 4;

/** A formula asks for its readers once it has settled: they are drawn in the same frame, beside the tags it is made of. */
function run(): void {
  try {
    for (let round = 0; round < ROUNDS && waiting.size > 0; round += 1) {
      const now = waiting;
      waiting = new Set();
      for (const listener of now) listener();
    }
  } finally {
    asked = waiting.size > 0;
    if (asked) schedule(run);
  }
}

/** Calls `listener` at the next frame; asking again before that changes nothing. */
export function nextFrame(listener: () => void): void {
  waiting.add(listener);
  if (asked) return;
  asked = true;
  schedule(run);
}

/** Takes back what waits. */
export function forgetFrame(listener: () => void): void {
  waiting.delete(listener);
}
