import { ServerClock } from "./clock";
import { type DownMessage, samplesOf } from "./messages";
import type { LiveStore } from "./store";

export interface LinkState {
  /** True while messages come at the pace of the platform's beat. */
  up: boolean;
  /** Local time (ms) of the last message before the link was lost; null before the first connection. */
  lost_since_ms: number | null;
}

/** Beats come each second; after this silence nothing on the screen may be called current. */
export const SILENCE_MAX_MS = 2500;
const BACKOFF_MIN_MS = 250;
const BACKOFF_MAX_MS = 10_000;
const UNSUB_DELAY_MS = 4000;
/** A page that nobody sees for so long costs nobody anything; a look at another tab comes back to a running one. */
export const HIDDEN_MAX_MS = 30_000;

export interface SocketLike {
  readyState: number;
  onopen: (() => void) | null;
  onmessage: ((event: { data: string }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

/** The wait before attempt n: doubling, with jitter so that a hundred browsers do not come back at once. */
export function backoffMs(attempt: number, random: () => number): number {
  const full = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** attempt);
  return full / 2 + (full / 2) * random();
}

/** One WebSocket for the whole page: subscriptions, link state, reconnect, and word of holes to refill. */
export class LiveClient {
  readonly clock = new ServerClock();
  onSignedOut: () => void = () => {};

  private readonly store: LiveStore;
  private readonly open: () => SocketLike;
  private socket: SocketLike | null = null;
  private running = false;
  private attempt = 0;
  private request = 0;
  private lastMessage_ms = 0;
  private link: LinkState = { up: false, lost_since_ms: null };
  private readonly linkListeners = new Set<() => void>();
  private readonly holeListeners = new Set<(ids: number[] | null) => void>();
  private readonly pendingSubs = new Set<number>();
  private readonly pendingUnsubs = new Map<number, ReturnType<typeof setTimeout>>();
  private readonly sent = new Set<number>();
  private retry: ReturnType<typeof setTimeout> | undefined;
  private hiding: ReturnType<typeof setTimeout> | undefined;
  private asleep = false;
  private watchdog: ReturnType<typeof setInterval> | undefined;

  constructor(store: LiveStore, open: () => SocketLike = openSocket) {
    this.store = store;
    this.open = open;
    store.onWanted = (id) => this.want(id);
    store.onUnwanted = (id) => this.unwant(id);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.lastMessage_ms = Date.now();
    this.watchdog = setInterval(() => this.checkSilence(), 500);
    window.addEventListener("online", this.wake);
    window.addEventListener("pageshow", this.wake);
    document.addEventListener("visibilitychange", this.visibility);
    if (document.visibilityState === "hidden") this.visibility();
    this.connect();
  }

  stop(): void {
    this.running = false;
    clearInterval(this.watchdog);
    clearTimeout(this.retry);
    window.removeEventListener("online", this.wake);
    window.removeEventListener("pageshow", this.wake);
    document.removeEventListener("visibilitychange", this.visibility);
    clearTimeout(this.hiding);
    this.drop();
    this.store.clear();
    this.setLink({ up: false, lost_since_ms: null });
  }

  linkState = (): LinkState => this.link;

  subscribeLink = (listener: () => void): (() => void) => {
    this.linkListeners.add(listener);
    return () => this.linkListeners.delete(listener);
  };

  /** Calls back when history of these tags (null: of all) may have changed behind the live stream. */
  subscribeHoles(listener: (ids: number[] | null) => void): () => void {
    this.holeListeners.add(listener);
    return () => this.holeListeners.delete(listener);
  }

  private connect(): void {
    clearTimeout(this.retry);
    if (!this.running || this.socket || this.asleep) return;
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => this.opened(socket);
    socket.onmessage = (event) => {
      if (this.socket === socket) this.take(JSON.parse(event.data) as DownMessage);
    };
    socket.onclose = (event) => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.sent.clear();
      if (event.code === 4401 || event.code === 1008) this.onSignedOut();
      this.scheduleRetry();
    };
  }

  private opened(socket: SocketLike): void {
    if (this.socket !== socket) return;
    this.attempt = 0;
    this.sent.clear();
    for (const id of this.store.wanted()) this.pendingSubs.add(id);
    this.flushSubs();
  }

  private take(message: DownMessage): void {
    this.lastMessage_ms = Date.now();
    if ("now" in message) this.clock.observe(message.now);
    if (message.type === "snap" || message.type === "data")
      this.store.put(samplesOf(message), this.clock.now());
    if (message.type === "gap") this.tellHoles(message.id);
    if (!this.link.up) {
      const returned = this.link.lost_since_ms !== null;
      this.setLink({ up: true, lost_since_ms: null });
      if (returned) this.tellHoles(null);
    }
  }

  private tellHoles(ids: number[] | null): void {
    for (const listener of this.holeListeners) listener(ids);
  }

  private checkSilence(): void {
    const silence_ms = Date.now() - this.lastMessage_ms;
    if (silence_ms <= SILENCE_MAX_MS) return;
    if (this.link.up || this.link.lost_since_ms === null) {
      this.setLink({ up: false, lost_since_ms: this.lastMessage_ms });
    }
    // A half-open connection never closes by itself.
    if (this.socket && silence_ms > 3 * SILENCE_MAX_MS) {
      this.lastMessage_ms += 2 * SILENCE_MAX_MS;
      this.drop();
      this.scheduleRetry();
    }
  }

  /** Hidden: after a while the connection goes, and with it every subscription. Shown again: back at once. */
  private visibility = (): void => {
    clearTimeout(this.hiding);
    if (document.visibilityState === "hidden") {
      this.hiding = setTimeout(() => this.sleep(), HIDDEN_MAX_MS);
      return;
    }
    this.asleep = false;
    this.wake();
  };

  private sleep(): void {
    this.asleep = true;
    clearTimeout(this.retry);
    this.drop();
  }

  /** The phone was opened, or the network is back: do not wait for the back-off. */
  private wake = (): void => {
    if (document.visibilityState === "hidden" || !this.running) return;
    if (Date.now() - this.lastMessage_ms < SILENCE_MAX_MS && this.socket?.readyState === 1) return;
    this.clock.reset();
    this.checkSilence();
    this.drop();
    this.attempt = 0;
    this.connect();
  };

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.sent.clear();
    if (socket) {
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
      socket.close();
    }
  }

  private scheduleRetry(): void {
    if (!this.running) return;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), backoffMs(this.attempt, Math.random));
    this.attempt += 1;
  }

  private want(id: number): void {
    clearTimeout(this.pendingUnsubs.get(id));
    this.pendingUnsubs.delete(id);
    if (this.sent.has(id)) return;
    if (this.pendingSubs.size === 0) queueMicrotask(() => this.flushSubs());
    this.pendingSubs.add(id);
  }

  private unwant(id: number): void {
    // A page change often wants the same tag again a moment later.
    const timer = setTimeout(() => {
      this.pendingUnsubs.delete(id);
      this.store.forget(id);
      if (this.sent.delete(id)) this.send({ type: "unsub", ids: [id] });
    }, UNSUB_DELAY_MS);
    this.pendingUnsubs.set(id, timer);
  }

  private flushSubs(): void {
    if (this.socket?.readyState !== 1 || this.pendingSubs.size === 0) return;
    const ids = [...this.pendingSubs];
    this.pendingSubs.clear();
    for (const id of ids) this.sent.add(id);
    this.request += 1;
    this.send({ type: "sub", req: this.request, ids });
  }

  private send(message: object): void {
    if (this.socket?.readyState === 1) this.socket.send(JSON.stringify(message));
  }

  private setLink(next: LinkState): void {
    if (next.up === this.link.up && next.lost_since_ms === this.link.lost_since_ms) return;
    this.link = next;
    for (const listener of this.linkListeners) listener();
  }
}

function openSocket(): SocketLike {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const socket = new WebSocket(`${scheme}://${location.host}/api/v1/live`, "interlock.live.1");
  return socket as unknown as SocketLike;
}
