/** What the drawing of live values may take of the main thread; the rest is the person's, who scrolls and types. */
const SHARE = 0.28;
/** On however slow a machine: no value waits longer than this for a newer picture. */
const APART_MAX_MS = 250;
/** A wait shorter than this is none: the next frame is as near. */
const NEAR_MS = 4;

/**
 * Frames as the machine can bear them. Where one is drawn in a few ms each frame is used; an old phone that takes 60 ms
 * for it gets the next one after some 200 ms, with the newest values, instead of a page that can no longer be scrolled.
 */
export class FramePace {
  private began = Number.NEGATIVE_INFINITY;
  private cost_ms = 0;
  private readonly painted: MessageChannel | null;

  constructor() {
    // A message posted in a frame is read once that frame is laid out and painted.
    this.painted = typeof MessageChannel === "undefined" ? null : new MessageChannel();
    if (this.painted) this.painted.port1.onmessage = () => this.learn(performance.now() - this.began);
  }

  /** Takes over how long a frame took, from its beginning until it was painted. */
  learn(took_ms: number): void {
    this.cost_ms += (took_ms - this.cost_ms) * 0.3;
  }

  /** How long the next frame has to wait, ms. */
  wait(now_ms: number): number {
    return Math.max(0, this.began + Math.min(APART_MAX_MS, this.cost_ms / SHARE) - now_ms);
  }

  readonly schedule = (run: () => void): void => {
    const frame = () =>
      requestAnimationFrame((now) => {
        this.began = now;
        this.painted?.port2.postMessage(0);
        run();
      });
    const wait_ms = this.wait(performance.now());
    if (wait_ms < NEAR_MS) frame();
    else setTimeout(frame, wait_ms);
  };
}
