import { readdirSync } from "node:fs";
import { ApiError } from "@sdk/api/problem";
import { act, fireEvent, render } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { PageDocument } from "../generated/documents.gen";
import { fakePlatform, Scene, sampleOf } from "../testing/fakes";
import { loadedApp, pageOf } from "../testing/scope";
import type { RuntimeHost } from "./action";
import { csvField, tagsShown } from "./export_csv";
import { actionKinds, createRunner, describeSteps, LoopGuard, runSteps } from "./run_steps";
import { createScope, type RuntimeScope, type ScopeOptions, type Steps } from "./scope";
import { HOLD_MS, HoldButton, WriteDialog } from "./WriteDialog";
import { elementWrite } from "./write";

const FROM = { element: "el_aaaaaaaa", event: "press", payload: { value: 3, name: "oil" } };
const speed = { source: "tag", asset: "press_1", role: "speed" } as const;

function setup(page: Partial<PageDocument> = {}, change: Partial<ScopeOptions> = {}) {
  const platform = fakePlatform();
  const content = pageOf({}, { state: { count: { type: "number", default: 1 } }, ...page });
  const pages = {
    page: content,
    other: pageOf({}, { id: "other" }),
    hidden: pageOf({}, { id: "hidden", access: { see: "admin" } }),
  };
  const scope = createScope({
    loaded: loadedApp({ pages }),
    services: platform.services,
    content,
    user: { name: "mona", role: "operator", tenant: "factory" },
    language: "en",
    ...change,
  });
  const told: string[] = [];
  const host = {
    dry: false,
    navigate: vi.fn(),
    openDialog: vi.fn(),
    closeDialog: vi.fn(),
    refresh: vi.fn(),
    confirmWrite: vi.fn(async () => true),
    tell: (text: string) => void told.push(text),
  } satisfies RuntimeHost;
  const run = (steps: Steps) => runSteps(scope, host, steps, FROM);
  return { platform, scope, host, told, run };
}

const setCount = (text: string): Steps => ({
  action: "set_state",
  name: "count",
  value: { source: "expression", text, vars: { count: { source: "state", name: "count" } } },
});

describe("actions", () => {
  it("are found by their files", () => {
    const files = readdirSync("src/runtime/actions").map((file) => file.replace(".ts", ""));
    expect([...actionKinds.keys()].sort()).toEqual(files.sort());
  });
  it("run in order, read what the event brought, and skip kinds of later versions", async () => {
    const { scope, run } = setup();
    const later = { action: "sing" } as unknown as never;
    await run([setCount("count + event.value") as never, later, setCount("count * 10") as never]);
    expect(scope.memory.states.get("count")).toBe(40);
  });
  it("run only when their condition holds; not knowing it stops the event and is told", async () => {
    const { scope, run, told } = setup();
    const step = (text: string, vars = {}) =>
      ({ ...(setCount("count + 1") as object), when: { text, vars } }) as Steps;
    await run(step("event.value > 5"));
    expect(scope.memory.states.get("count")).toBe(1);
    await run(step("event.value == 3"));
    expect(scope.memory.states.get("count")).toBe(2);
    await run([step("missing > 1") as never, setCount("0") as never]);
    expect(scope.memory.states.get("count")).toBe(2);
    expect(told.join()).toContain("cannot be told");
  });
  it("end at the first that fails, and say so", async () => {
    const { scope, run, told } = setup();
    await run([{ action: "navigate", page: "nowhere" } as never, setCount("9") as never]);
    expect(scope.memory.states.get("count")).toBe(1);
    expect(told[0]).toContain("nowhere");
  });
  it("do not lead where the reader may not go, and pass parameters", async () => {
    const { host, run, told } = setup();
    await run({ action: "navigate", page: "hidden" });
    expect(host.navigate).not.toHaveBeenCalled();
    expect(told).toHaveLength(1);
    const params = { machine: "press_2", count: { source: "state", name: "count" } } as const;
    await run({ action: "navigate", page: "other", params });
    expect(host.navigate).toHaveBeenCalledWith({
      app: null,
      page: "other",
      params: { machine: "press_2", count: "1" },
    });
  });
  it("refuse a value that does not fit a state", async () => {
    const { scope, run, told } = setup();
    await run({ action: "set_state", name: "count", value: { source: "static", value: "many" } });
    expect(scope.memory.states.get("count")).toBe(1);
    expect(told[0]).toContain("count");
  });
  it("wait for a tag nobody looks at, and stop when it is bad", async () => {
    const { platform, scope, run, told } = setup();
    const step: Steps = { action: "set_state", name: "count", value: speed };
    const running = run(step);
    platform.services.store.put([[1, sampleOf(77)]], 0);
    await running;
    expect(scope.memory.states.get("count")).toBe(77);
    const second = run(step);
    platform.services.store.put([[1, sampleOf(null, { q: 129 })]], 0);
    await second;
    expect(scope.memory.states.get("count")).toBe(77);
    expect(told).toHaveLength(1);
  });
  it("call methods of other blocks", async () => {
    const { scope, run } = setup();
    const reset = vi.fn();
    scope.memory.methods.set("el_bbbbbbbb", { reset });
    const params = { to: { source: "static", value: 5 } } as const;
    await run({ action: "call_method", element: "el_bbbbbbbb", method: "reset", params });
    expect(reset).toHaveBeenCalledWith({ to: 5 });
  });
  it("of a preview are described, those that reach outside are not done", async () => {
    const { scope, host, told } = setup();
    const request = vi.spyOn(scope.services.api, "request");
    const write: Steps = {
      action: "write_tag",
      asset: "press_1",
      role: "speed",
      value: { source: "static", value: 5 },
    };
    await runSteps(scope, { ...host, dry: true }, write, FROM);
    expect(request).not.toHaveBeenCalled();
    expect(told[0]).toContain("Would write 5.0 °C to press_1 / speed");
    const all = await describeSteps(scope, host, [write as never, { action: "refresh" } as never], FROM);
    expect(all).toHaveLength(2);
    expect(host.refresh).not.toHaveBeenCalled();
  });
  it("that set themselves off are stopped and told once", () => {
    let now = 0;
    const guard = new LoopGuard(() => now);
    const verdicts = Array.from({ length: 70 }, () => guard.judge("a"));
    expect(verdicts.filter((verdict) => verdict === "run")).toHaveLength(60);
    expect(verdicts.filter((verdict) => verdict === "tell")).toHaveLength(1);
    expect(guard.judge("b")).toBe("run");
    now = 5000;
    expect(guard.judge("a")).toBe("run");
  });
});

const PREPARED = {
  token: "tok",
  expires_in_s: 30,
  tag: { id: 1, key: "press_1/speed", kind: "f" },
  old: { v: 10, q: 0, ts: 1, fresh: 0 },
  new: 12,
  unit: "°C",
  decimals: 1,
  confirm: "dialog",
};

describe("writes", () => {
  const page: Partial<PageDocument> = {
    elements: {
      el_aaaaaaaa: {
        type: "value",
        props_version: 1,
        bind: { "/target": speed, "/mode": { source: "state", name: "count" } },
      },
      el_bbbbbbbb: { type: "value", props_version: 1, bind: { "/target": speed }, access: { use: "admin" } },
    },
  };
  function answering(scope: RuntimeScope, execute: () => unknown, prepared: object = {}) {
    return vi.spyOn(scope.services.api, "request").mockImplementation(async (_method, path) => {
      if (path === "/writes/prepare") return { ...PREPARED, ...prepared } as never;
      return execute() as never;
    });
  }

  it("are prepared by element, confirmed old to new, done once", async () => {
    const { scope, host } = setup(page);
    const request = answering(scope, () => ({ outcome: "done", reason: "", value: 12 }));
    const outcome = await elementWrite(scope, host, "el_aaaaaaaa", "target", 12);
    expect(request.mock.calls[0]?.[2]).toEqual({
      app: "demo",
      release: 1,
      page: "page",
      element: "el_aaaaaaaa",
      write: "target",
      asset: "press_1",
      role: "speed",
      value: 12,
    });
    expect(host.confirmWrite).toHaveBeenCalledWith(
      expect.objectContaining({
        old: expect.objectContaining({ text: "10.0" }),
        next: expect.objectContaining({ text: "12.0" }),
      }),
    );
    expect(request.mock.calls[1]?.slice(0, 3)).toEqual(["POST", "/writes/tok", { confirmed: "dialog" }]);
    expect(outcome).toMatchObject({ status: "done", message: expect.stringContaining("12.0 °C") });
  });
  it("carry who vouches for them", async () => {
    const { scope, host } = setup(page);
    const request = answering(scope, () => ({ outcome: "done", reason: "", value: 12 }));
    const given = { name: "piet", password: "secret" };
    await elementWrite(scope, { ...host, confirmWrite: async () => given }, "el_aaaaaaaa", "target", 12);
    expect(request.mock.calls[1]?.[2]).toEqual({ confirmed: "dialog", approval: given });
  });
  it("are asked and told in the reader's unit, and stored in the tag's", async () => {
    const { scope: stored, host } = setup(page);
    const scope = { ...stored, units: { temperature: "°F" } };
    const request = answering(scope, () => ({ outcome: "done", reason: "", value: 12 }));
    const outcome = await elementWrite(scope, host, "el_aaaaaaaa", "target", 12);
    expect(host.confirmWrite).toHaveBeenCalledWith(
      expect.objectContaining({
        old: expect.objectContaining({ text: "50.0", unit: "°F" }),
        next: expect.objectContaining({ text: "53.6", unit: "°F" }),
      }),
    );
    expect(request.mock.calls[0]?.[2]).toMatchObject({ value: 12 });
    expect(outcome.message).toContain("53.6 °F");
    const dry = await elementWrite(scope, { ...host, dry: true }, "el_aaaaaaaa", "target", 12);
    expect(dry.message).toContain("53.6 °F");
  });
  it("are not done when the person says no", async () => {
    const { scope, host } = setup(page);
    const request = answering(scope, () => ({ outcome: "done" }));
    host.confirmWrite.mockResolvedValue(false);
    expect(await elementWrite(scope, host, "el_aaaaaaaa", "target", 12)).toMatchObject({
      status: "cancelled",
    });
    expect(request).toHaveBeenCalledTimes(1);
  });
  it("without an answer are unknown, never done and never tried again", async () => {
    const { scope, host } = setup(page);
    const request = answering(scope, () => {
      throw new ApiError(0, "unreachable", "");
    });
    expect(await elementWrite(scope, host, "el_aaaaaaaa", "target", 12)).toMatchObject({ status: "unknown" });
    expect(request).toHaveBeenCalledTimes(2);
  });
  it("refused by the server say why", async () => {
    const { scope, host } = setup(page);
    vi.spyOn(scope.services.api, "request").mockRejectedValue(
      new ApiError(422, "write.limit", "200 is outside 0 to 100 °C."),
    );
    expect(await elementWrite(scope, host, "el_aaaaaaaa", "target", 200)).toEqual({
      status: "refused",
      message: "200 is outside 0 to 100 °C.",
    });
    const chinese = { ...scope, language: "zh-CN" as const };
    expect((await elementWrite(chinese, host, "el_aaaaaaaa", "target", 200)).message).toBe(
      "该值超出允许范围。",
    );
  });
  it("to a state set it; to nothing, or by a role that may not, are refused without asking", async () => {
    const { scope, host } = setup(page);
    const request = vi.spyOn(scope.services.api, "request");
    expect(await elementWrite(scope, host, "el_aaaaaaaa", "mode", 4)).toEqual({ status: "done" });
    expect(scope.memory.states.get("count")).toBe(4);
    expect(await elementWrite(scope, host, "el_aaaaaaaa", "nothing", 4)).toMatchObject({ status: "refused" });
    expect(await elementWrite(scope, host, "el_bbbbbbbb", "target", 4)).toMatchObject({ status: "refused" });
    expect(request).not.toHaveBeenCalled();
  });
  it("of a draft or a preview only say what they would do", async () => {
    const { scope, host } = setup(page);
    const request = vi.spyOn(scope.services.api, "request");
    const draft = { ...scope, loaded: { ...scope.loaded, release: 0 } };
    expect(await elementWrite(draft, host, "el_aaaaaaaa", "target", 4)).toMatchObject({ status: "preview" });
    expect(await elementWrite(scope, { ...host, dry: true }, "el_aaaaaaaa", "target", 4)).toMatchObject({
      status: "preview",
    });
    expect(request).not.toHaveBeenCalled();
  });
  it("of a step name the event and the place of the step", async () => {
    const { scope, host } = setup(page);
    const request = answering(scope, () => ({ outcome: "done", reason: "", value: 5 }), { confirm: "none" });
    const write: Steps = [
      { action: "message", text: { en: "Now" } },
      { action: "write_tag", asset: "press_1", role: "speed", value: { source: "static", value: 5 } },
    ];
    await runSteps(scope, host, write, FROM);
    expect(request.mock.calls[0]?.[2]).toMatchObject({ element: "el_aaaaaaaa", event: "press", step: 1 });
    expect(host.confirmWrite).not.toHaveBeenCalled();
  });
  it("go through the runner of a page", async () => {
    const { scope, host } = setup(page);
    answering(scope, () => ({ outcome: "done", reason: "", value: 12 }));
    const runner = createRunner(host);
    expect(await runner.write(scope, "el_aaaaaaaa", "target", 12)).toMatchObject({ status: "done" });
  });
});

describe("the question before a write", () => {
  const request = {
    name: "Press one · speed",
    how: "dialog" as const,
    old: { text: "10", unit: "°C", word: false },
    oldDoubt: null,
    next: { text: "12", unit: "°C", word: false },
    expires_in_s: 30,
    approval: "none" as const,
  };
  it.each([
    ["password", { name: "", password: "secret" }],
    ["second_person", { name: "Piet", password: "secret" }],
  ] as const)("asks for %s before it can be answered with yes", (approval, given) => {
    const answer = vi.fn();
    const scene = render(
      <Scene platform={fakePlatform()}>
        <WriteDialog request={{ ...request, approval }} answer={answer} />
      </Scene>,
    );
    expect(scene.queryByText("Write")).toBeNull();
    if (approval === "second_person") {
      fireEvent.change(scene.getByLabelText("Password"), { target: { value: "secret" } });
      expect(scene.queryByText("Write")).toBeNull();
      fireEvent.change(scene.getByLabelText("Name"), { target: { value: " Piet " } });
    } else {
      expect(scene.queryByLabelText("Name")).toBeNull();
      fireEvent.change(scene.getByLabelText("Password"), { target: { value: "secret" } });
    }
    fireEvent.click(scene.getByText("Write"));
    expect(answer).toHaveBeenCalledWith(given);
  });
  it("shows both values, and closes with no by Escape", () => {
    const answer = vi.fn();
    const scene = render(
      <Scene platform={fakePlatform()}>
        <WriteDialog request={request} answer={answer} />
      </Scene>,
    );
    expect(scene.getByRole("dialog").textContent).toContain("10 °C");
    expect(scene.getByRole("dialog").textContent).toContain("12 °C");
    fireEvent(scene.getByRole("dialog"), new Event("cancel", { cancelable: true }));
    expect(answer).toHaveBeenCalledWith(false);
    fireEvent.click(scene.getByText("Write"));
    expect(answer).toHaveBeenCalledWith(true);
  });
  it("cannot be answered with yes once the server has forgotten it", () => {
    vi.useFakeTimers();
    const scene = render(
      <Scene platform={fakePlatform()}>
        <WriteDialog request={request} answer={() => {}} />
      </Scene>,
    );
    act(() => void vi.advanceTimersByTime(30_001));
    expect(scene.queryByText("Write")).toBeNull();
    expect(scene.getByRole("alert").textContent).toContain("Too much time");
    vi.useRealTimers();
  });
  it.each(["pointer", "key"])("held by %s acts only when it was held long enough", (way) => {
    vi.useFakeTimers();
    const held = vi.fn();
    const scene = render(<HoldButton label="Hold" onHeld={held} />);
    const button = scene.getByRole("button");
    const down = () =>
      way === "key" ? fireEvent.keyDown(button, { key: " " }) : fireEvent.pointerDown(button);
    const up = () => (way === "key" ? fireEvent.keyUp(button, { key: " " }) : fireEvent.pointerUp(button));
    down();
    act(() => void vi.advanceTimersByTime(HOLD_MS - 200));
    up();
    act(() => void vi.advanceTimersByTime(HOLD_MS));
    expect(held).not.toHaveBeenCalled();
    down();
    act(() => void vi.advanceTimersByTime(HOLD_MS + 100));
    expect(held).toHaveBeenCalledTimes(1);
    vi.useRealTimers();
  });
});

describe("export", () => {
  it("takes the tags of one element, or each of the page once", () => {
    const elements = {
      el_aaaaaaaa: { type: "value", props_version: 1, bind: { "/value": speed } },
      el_bbbbbbbb: { type: "tag_table", props_version: 1, bind: { "/tags": { ...speed, role: "*" } } },
    };
    const { scope } = setup({ elements });
    expect(tagsShown(scope, "el_aaaaaaaa").map(({ tag }) => tag?.id)).toEqual([1]);
    expect(tagsShown(scope, null).map(({ tag }) => tag?.id)).toEqual([1, 3]);
  });
  it("writes no text a spreadsheet would run", () => {
    expect(csvField("=cmd()")).toBe("'=cmd()");
    expect(csvField("@x")).toBe("'@x");
    expect(csvField("-3.5")).toBe("-3.5");
    expect(csvField('a,"b"')).toBe('"a,""b"""');
  });
});
