import { describe, expect, it } from "vitest";
import { id, modelOf } from "../testing/fixtures";
import { COMMANDS } from "./commands";
import { neighbour, nudge, stepInto } from "./moves";
import { shortcutOf } from "./shortcuts";

const press = (key: string, keys: Partial<KeyboardEvent> = {}) =>
  ({ key, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, ...keys }) as KeyboardEvent;

type Store = Parameters<typeof nudge>[0]["store"];
const contextOf = (model: ReturnType<typeof modelOf>, said: string[] = []) => ({
  store: model as unknown as Store,
  text: (key: string, values?: Record<string, string>) =>
    `${key} ${Object.values(values ?? {}).join(",")}`.trim(),
  announce: (text: string) => void said.push(text),
  makeBlock: () => {},
});

describe("keys", () => {
  it.each([
    [press("z", { ctrlKey: true }), { kind: "undo" }],
    [press("Z", { ctrlKey: true, shiftKey: true }), { kind: "redo" }],
    [press("z", { metaKey: true }), { kind: "undo" }],
    [press("y", { ctrlKey: true }), { kind: "redo" }],
    [press("s", { ctrlKey: true }), { kind: "save" }],
  ])("of the whole designer work outside the canvas as well", (event, wanted) => {
    expect(shortcutOf(event, false)).toEqual(wanted);
  });

  it("of the canvas stay on the canvas", () => {
    for (const event of [press("Delete"), press("ArrowUp"), press("Enter"), press("a", { ctrlKey: true })]) {
      expect(shortcutOf(event, false)).toBeNull();
      expect(shortcutOf(event, true)).not.toBeNull();
    }
  });

  it("leave copy, cut and paste to the events of the clipboard", () => {
    for (const key of ["c", "x", "v"]) expect(shortcutOf(press(key, { ctrlKey: true }), true)).toBeNull();
  });

  it("name commands that exist", () => {
    const known = new Set(COMMANDS.map((command) => command.id));
    const keys = ["d", "a", "g", "l", "]", "["].map((key) => press(key, { ctrlKey: true }));
    for (const event of [
      ...keys,
      press("Delete"),
      press("r"),
      press("g", { ctrlKey: true, shiftKey: true }),
    ]) {
      const shortcut = shortcutOf(event, true);
      if (shortcut?.kind !== "command") throw new Error(event.key);
      expect(shortcut.ids.filter((name) => !known.has(name))).toEqual([]);
    }
  });
});

describe("arrows", () => {
  it("move by a cell, resize with Shift, say where it is, and are one step of undo", () => {
    const model = modelOf();
    const said: string[] = [];
    const context = contextOf(model, said);
    const first = model.getState().draft;
    model.select([id(7)]);
    for (let times = 0; times < 3; times += 1) nudge(context, { arrow: "down", resize: false, far: false });
    expect(model.getState().draft.pages.main?.layout.lg.items?.[id(7)]).toEqual({ x: 9, y: 5, w: 3, h: 2 });
    expect(said.at(-1)).toBe("say.place 10,6");
    nudge(context, { arrow: "down", resize: true, far: false });
    expect(model.getState().draft.pages.main?.layout.lg.items?.[id(7)]?.h).toBe(3);
    model.undo();
    model.undo();
    expect(model.getState().draft).toEqual(first);
  });

  it("do not move what is locked", () => {
    const model = modelOf();
    const said: string[] = [];
    model.change("lock", [{ path: ["pages", "main", "elements", id(7), "locked"], value: true }]);
    const { draft } = model.getState();
    model.select([id(7)]);
    nudge(contextOf(model, said), { arrow: "down", resize: false, far: false });
    expect(model.getState().draft).toBe(draft);
    expect(said).toEqual(["say.locked"]);
  });

  it("change only the phone's layout on a phone", () => {
    const model = modelOf();
    const before = model.getState().draft.pages.main?.layout.lg;
    model.setBreakpoint("sm");
    model.select([id(3)]);
    nudge(contextOf(model), { arrow: "up", resize: false, far: false });
    const { layout } = model.getState().draft.pages.main ?? {};
    expect(layout?.lg).toBe(before);
    expect(layout?.sm?.items).toHaveProperty(id(3));
  });

  it("go to the neighbour in their direction", () => {
    const model = modelOf();
    const store = model as unknown as Store;
    model.select([id(1)]);
    for (const [arrow, wanted] of [
      ["right", 2],
      ["down", 6],
      ["left", 5],
      ["up", 1],
    ] as const) {
      neighbour(store, null, { arrow });
      expect(model.getState().selection).toEqual([id(wanted)]);
    }
    stepInto(store, "last");
    expect(model.getState().selection).toEqual([id(7)]);
    stepInto(store, "out");
    expect(model.getState().selection).toEqual([]);
  });
});
