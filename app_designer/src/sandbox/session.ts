import { BRIDGE_VERSION, type Down, HELLO, readUp, type Up, WELCOME } from "./protocol";

/** Why a frame was ended. */
export type SessionEnd = "silent" | "flood" | "error" | "navigated" | "no_start" | "version";

export interface SessionEvents {
  /** The frame has its port: now it can be told what to draw. */
  onOpen: () => void;
  onMessage: (message: Exclude<Up, { t: "pong" }>) => void;
  onEnd: (why: SessionEnd, message: string) => void;
}

export const PING_MS = 200;
/** A frame that has not answered for this long is ended: with the ping's own period, within a second. */
export const SILENT_MS = 590;
const START_MS = 10_000;
/** More messages than this within a second are no conversation. */
export const MESSAGES_PER_S_MAX = 200;

/**
 * The conversation with one frame, by a port only the two have. It watches that the frame answers, says little enough
 * and stays where it is; otherwise it ends, once, and nothing of the frame is heard again.
 */
export class SandboxSession {
  private port: MessagePort | null = null;
  private ended = false;
  private waiting: { n: number; sent_ms: number } | null = null;
  private count = 0;
  private pings = 0;
  private windowStart_ms = performance.now();
  private lastCheck_ms = performance.now();
  private timer: ReturnType<typeof setInterval> | undefined;
  private starting: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly frame: HTMLIFrameElement,
    private readonly events: SessionEvents,
  ) {}

  start(): () => void {
    window.addEventListener("message", this.onWindowMessage);
    this.starting = setTimeout(() => this.end("no_start"), START_MS);
    this.timer = setInterval(this.watch, PING_MS);
    return () => this.close();
  }

  say(message: Down): void {
    this.port?.postMessage(JSON.stringify(message));
  }

  close(): void {
    this.ended = true;
    window.removeEventListener("message", this.onWindowMessage);
    clearInterval(this.timer);
    clearTimeout(this.starting);
    this.port?.close();
    this.port = null;
  }

  private end(why: SessionEnd, message = ""): void {
    if (this.ended) return;
    this.close();
    this.events.onEnd(why, message);
  }

  /** The frame's first word. Words of any other window are not ours. */
  private readonly onWindowMessage = (event: MessageEvent): void => {
    if (this.ended || event.source === null || event.source !== this.frame.contentWindow) return;
    if (this.isTooMuch()) return;
    if (event.data !== HELLO) return;
    // A second first word means that another document sits in the frame.
    if (this.port) {
      this.end("navigated");
      return;
    }
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.onmessage = this.onPortMessage;
    clearTimeout(this.starting);
    // The origin of a sandboxed frame is "null", which cannot be named as a target.
    this.frame.contentWindow?.postMessage(WELCOME, "*", [port2]);
    this.events.onOpen();
  };

  private readonly onPortMessage = (event: MessageEvent): void => {
    if (this.ended || this.isTooMuch()) return;
    const message = readUp(event.data);
    if (!message) return;
    if (message.t === "pong") {
      if (message.n === this.waiting?.n) this.waiting = null;
    } else if (message.t === "error") this.end("error", message.message);
    else if (message.t === "ready" && message.version !== BRIDGE_VERSION) this.end("version");
    else this.events.onMessage(message);
  };

  private isTooMuch(): boolean {
    const now = performance.now();
    if (now - this.windowStart_ms > 1000) {
      this.windowStart_ms = now;
      this.count = 0;
    }
    this.count += 1;
    if (this.count <= MESSAGES_PER_S_MAX) return false;
    this.end("flood");
    return true;
  }

  private readonly watch = (): void => {
    const now = performance.now();
    const late = now - this.lastCheck_ms > PING_MS * 2;
    this.lastCheck_ms = now;
    // When this page itself was busy or in the background, the frame's answers may still be waiting here.
    if (late || document.hidden) {
      this.waiting = null;
      return;
    }
    if (!this.port) return;
    if (this.waiting) {
      if (now - this.waiting.sent_ms >= SILENT_MS) this.end("silent");
      return;
    }
    this.pings += 1;
    this.waiting = { n: this.pings, sent_ms: now };
    this.say({ t: "ping", n: this.pings });
  };
}
