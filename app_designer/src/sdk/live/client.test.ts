import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket } from "../../testing/fakes";
import { backoffMs, HIDDEN_MAX_MS, LiveClient, SILENCE_MAX_MS } from "./client";
import { LiveStore } from "./store";

const NOW = 1_764_000_000_000;

function open() {
  const sockets: FakeSocket[] = [];
  const store = new LiveStore();
  const client = new LiveClient(store, () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  });
  client.start();
  const socket = () => sockets[sockets.length - 1] as FakeSocket;
  return { store, client, sockets, socket };
}

const snap = (id: number, v: number) => ({
  type: "snap",
  now: NOW * 1000,
  id: [id],
  v: [v],
  q: [0],
  ts: [NOW * 1000],
  fresh: [0],
  good: [null],
});

describe("LiveClient", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.setSystemTime(NOW);
  });
  afterEach(() => vi.useRealTimers());

  it("asks once for tags that many leaves show, and wakes only their listeners", async () => {
    const { store, socket } = open();
    const seven = vi.fn();
    const eight = vi.fn();
    store.subscribe(7, seven);
    store.subscribe(7, () => {});
    store.subscribe(8, eight);
    socket().accept();
    expect(socket().sent).toEqual([{ type: "sub", req: 1, ids: [7, 8] }]);
    socket().say(snap(7, 1.5));
    expect(store.get(7)?.v).toBe(1.5);
    expect(seven).toHaveBeenCalledTimes(1);
    expect(eight).not.toHaveBeenCalled();
  });

  it("calls the link lost after silence, although the socket is open", () => {
    const { client, socket } = open();
    socket().accept();
    socket().say({ type: "beat", now: NOW * 1000 });
    expect(client.linkState().up).toBe(true);
    vi.advanceTimersByTime(SILENCE_MAX_MS - 600);
    expect(client.linkState().up).toBe(true);
    vi.advanceTimersByTime(1200);
    expect(client.linkState()).toEqual({ up: false, lost_since_ms: NOW });
  });

  it("does not call the link lost while beats come", () => {
    const { client, socket } = open();
    socket().accept();
    for (let second = 0; second < 10; second += 1) {
      vi.advanceTimersByTime(1000);
      socket().say({ type: "beat", now: Date.now() * 1000 });
    }
    expect(client.linkState().up).toBe(true);
  });

  it("comes back by itself, subscribes again, and tells of holes", () => {
    const { store, client, sockets, socket } = open();
    const holes = vi.fn();
    client.subscribeHoles(holes);
    store.subscribe(7, () => {});
    socket().accept();
    socket().say(snap(7, 1));
    expect(holes).not.toHaveBeenCalled();
    socket().fail();
    vi.advanceTimersByTime(11_000);
    expect(sockets.length).toBeGreaterThan(1);
    socket().accept();
    expect(socket().sent[0]).toMatchObject({ type: "sub", ids: [7] });
    socket().say(snap(7, 2));
    expect(holes).toHaveBeenCalledWith(null);
    expect(store.get(7)?.v).toBe(2);
  });

  it("passes on which tags have new history", () => {
    const { client, socket } = open();
    const holes = vi.fn();
    client.subscribeHoles(holes);
    socket().accept();
    socket().say({ type: "gap", id: [3, 4] });
    expect(holes).toHaveBeenCalledWith([3, 4]);
  });

  it("leaves when nobody has seen the page for a while, and comes back with all its tags", async () => {
    const { store, sockets, socket } = open();
    store.subscribe(5, () => {});
    socket().accept();
    await Promise.resolve();
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    for (let passed = 1000; passed < HIDDEN_MAX_MS; passed += 1000) {
      vi.advanceTimersByTime(1000);
      socket().say({ type: "beat", now: (NOW + passed) * 1000 });
    }
    expect(socket().closed).toBe(false);
    vi.advanceTimersByTime(2000);
    expect(socket().closed).toBe(true);
    vi.advanceTimersByTime(600_000);
    expect(sockets).toHaveLength(1);
    seen.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    expect(sockets).toHaveLength(2);
    socket().accept();
    expect(socket().sent[0]).toMatchObject({ type: "sub", ids: [5] });
  });
  it("stays when the page is seen again in time", async () => {
    const { socket } = open();
    socket().accept();
    const seen = vi.spyOn(document, "visibilityState", "get").mockReturnValue("hidden");
    document.dispatchEvent(new Event("visibilitychange"));
    vi.advanceTimersByTime(1000);
    socket().say(snap(5, 1));
    seen.mockReturnValue("visible");
    document.dispatchEvent(new Event("visibilitychange"));
    vi.advanceTimersByTime(500);
    expect(socket().closed).toBe(false);
  });

  it("connects at once when the phone wakes", () => {
    const { sockets, socket } = open();
    socket().accept();
    vi.setSystemTime(NOW + 60_000);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(sockets).toHaveLength(2);
    expect(sockets[0]?.closed).toBe(true);
  });

  it("drops a half-open connection", () => {
    const { sockets, socket } = open();
    socket().accept();
    vi.advanceTimersByTime(20_000);
    expect(sockets.length).toBeGreaterThan(1);
  });

  it("unsubscribes a while after the last leaf went, and not when it came back", () => {
    const { store, socket } = open();
    socket().accept();
    const stop = store.subscribe(7, () => {});
    vi.advanceTimersByTime(0);
    const stopNine = store.subscribe(9, () => {});
    vi.advanceTimersByTime(10);
    stop();
    stopNine();
    store.subscribe(9, () => {});
    vi.advanceTimersByTime(5000);
    const unsubs = socket().sent.filter((message) => message.type === "unsub");
    expect(unsubs.flatMap((message) => message.ids)).not.toContain(9);
  });

  it("says so when the session has ended", () => {
    const { client, socket } = open();
    client.onSignedOut = vi.fn();
    socket().accept();
    socket().fail(4401);
    expect(client.onSignedOut).toHaveBeenCalled();
  });
});

describe("backoffMs", () => {
  it("doubles, with jitter, up to a limit", () => {
    expect(backoffMs(0, () => 0)).toBe(125);
    expect(backoffMs(0, () => 1)).toBe(250);
    expect(backoffMs(3, () => 1)).toBe(2000);
    expect(backoffMs(50, () => 1)).toBe(10_000);
  });
});
