/**
 * The server's clock as seen from here. Each message from the platform carries its time; the one
 * that travelled fastest gives the best estimate, so the largest difference of the last ones counts.
 */
export class ServerClock {
  private readonly offsets_ms: number[] = [];
  private readonly window: number;
  private readonly localNow_ms: () => number;
  private offset_ms = 0;

  constructor(localNow_ms: () => number = Date.now, window = 20) {
    this.localNow_ms = localNow_ms;
    this.window = window;
  }

  /** Takes the server's time (µs UTC) from a message that has just arrived. */
  observe(server_us: number): void {
    this.offsets_ms.push(server_us / 1000 - this.localNow_ms());
    if (this.offsets_ms.length > this.window) this.offsets_ms.shift();
    this.offset_ms = Math.max(...this.offsets_ms);
  }

  /** Forgets what was learnt: after sleep or a clock change old differences mislead. */
  reset(): void {
    this.offsets_ms.length = 0;
  }

  /** Server time, µs UTC. */
  now(): number {
    return Math.round((this.localNow_ms() + this.offset_ms) * 1000);
  }

  /** How far this device's clock is behind (+) or ahead (−) of the server's, ms. */
  get difference_ms(): number {
    return this.offset_ms;
  }
}
