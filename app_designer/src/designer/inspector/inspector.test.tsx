import type { RuntimeScope } from "@runtime/scope";
import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Element, PageDocument } from "../../generated/documents.gen";
import { fakePlatform, Scene, tagOf } from "../../testing/fakes";
import { pageOf, scopeOf } from "../../testing/scope";
import { changeInStep } from "../data/requirements";
import type { DesignerStore, Draft, Plant } from "../model/contract";
import { DesignerContext } from "../model/hooks";
import { DesignerModel } from "../model/store";
import { CanvasScopeContext } from "../pickers/design_scope";
import { allManifests } from "../pickers/manifests";
import { ACTION_KINDS, newAction, savedSteps, stepsOf } from "./actions";
import { manyChanges, manyOf } from "./DataSection";
import Inspector from "./Inspector";
import { commonValues } from "./MultiPanel";
import { placed } from "./PositionSection";

const plant: Plant = {
  assets: [{ id: "press_1", name: "Press 1" }],
  types: [],
  roles: [
    { asset: "press_1", role: "temperature", tag_id: 1 },
    { asset: "press_1", role: "speed", tag_id: 2 },
  ],
  tags: new Map(
    [
      tagOf(1, { key: "press_1/temperature", role: "temperature" }),
      tagOf(2, { key: "press_1/speed", role: "speed" }),
    ].map((tag) => [tag.id, tag]),
  ),
};
const temperature = { source: "tag", asset: "press_1", role: "temperature" } as const;

function modelOf(elements: Record<string, Element>): DesignerModel {
  const items = Object.fromEntries(
    Object.keys(elements).map((id, index) => [id, { x: 0, y: index * 2, w: 3, h: 2 }]),
  );
  const page: PageDocument = {
    format: 1,
    id: "one",
    title: { en: "One" },
    elements,
    layout: { lg: { kind: "grid", items } },
  };
  const draft: Draft = {
    app: { format: 1, id: "app", version: "1.0.0", name: { en: "App" }, home: "one" },
    pages: { one: page },
    blocks: {},
    tests: {},
  };
  return new DesignerModel({ appId: "app", draft, plant });
}

function shown(model: DesignerModel, scope: RuntimeScope | null = null) {
  const store = {
    ...model,
    getState: model.getState,
    subscribe: model.subscribe,
    change: changeInStep(model),
    select: model.select,
    reloadPlant: async () => {},
    flush: async () => {},
  } as unknown as DesignerStore;
  render(
    <Scene platform={fakePlatform()}>
      <DesignerContext.Provider value={store}>
        <CanvasScopeContext.Provider value={scope}>
          <Inspector />
        </CanvasScopeContext.Provider>
      </DesignerContext.Provider>
    </Scene>,
  );
}
const elementIn = (model: DesignerModel, id: string) => model.getState().draft.pages.one?.elements?.[id];

beforeAll(async () => void (await allManifests()));
afterEach(() => cleanup());

describe("the inspector", () => {
  it("shows what another element gives out on the canvas", async () => {
    const output = { source: "output", element: "el_bbbbbbbb", output: "level" } as const;
    const model = modelOf({ el_aaaaaaaa: { type: "value", props_version: 1, bind: { "/value": output } } });
    model.select(["el_aaaaaaaa"]);
    const page = scopeOf(pageOf({}, { id: "one" }), { mode: "design" });
    shown(model, page);
    expect(screen.queryByText("hi_hi")).toBeNull();
    act(() => page.memory.outputs.set("el_bbbbbbbb.level", "hi_hi"));
    expect(await screen.findByText("hi_hi")).toBeTruthy();
  });

  it("changes a property, in one step of undo while it is typed", async () => {
    const model = modelOf({
      el_aaaaaaaa: { type: "value", props_version: 1, bind: { "/value": temperature } },
    });
    model.select(["el_aaaaaaaa"]);
    shown(model);
    const title = await screen.findByLabelText("Title");
    fireEvent.change(title, { target: { value: "O" } });
    fireEvent.change(title, { target: { value: "Oil" } });
    expect(elementIn(model, "el_aaaaaaaa")?.props).toEqual({ title: { en: "Oil" } });
    act(() => model.undo());
    expect(elementIn(model, "el_aaaaaaaa")?.props).toBeUndefined();
  });

  it("binds a property by picking, without a path being typed, and tells the app what it asks for", async () => {
    const model = modelOf({ el_aaaaaaaa: { type: "value", props_version: 1 } });
    model.select(["el_aaaaaaaa"]);
    shown(model);
    fireEvent.click(await screen.findByRole("button", { name: "Choose data: Value" }));
    const dialog = screen.getByRole("dialog", { name: "Where does it come from?" });
    const search = within(dialog).getByRole("searchbox");
    fireEvent.change(search, { target: { value: "speed" } });
    fireEvent.keyDown(search, { key: "Enter" });
    expect(elementIn(model, "el_aaaaaaaa")?.bind).toEqual({ "/value": { ...temperature, role: "speed" } });
    expect(model.getState().draft.app.roles).toEqual([{ role: "speed", kind: "number", unit: "°C" }]);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("keeps what an unknown block holds, and says so", () => {
    const model = modelOf({ el_aaaaaaaa: { type: "acme.ring", props_version: 3, props: { secret: 7 } } });
    model.select(["el_aaaaaaaa"]);
    shown(model);
    expect(screen.getByText("This block is not installed")).toBeTruthy();
    expect(screen.getByText(/"secret": 7/)).toBeTruthy();
  });

  it("changes what several elements have in common", async () => {
    const model = modelOf({
      el_aaaaaaaa: { type: "value", props_version: 1, props: { title: { en: "A" } } },
      el_bbbbbbbb: { type: "gauge", props_version: 1, props: { title: { en: "B" } } },
    });
    model.select(["el_aaaaaaaa", "el_bbbbbbbb"]);
    shown(model);
    fireEvent.change(await screen.findByLabelText("Title"), { target: { value: "Same" } });
    expect(elementIn(model, "el_aaaaaaaa")?.props?.title).toEqual({ en: "Same" });
    expect(elementIn(model, "el_bbbbbbbb")?.props?.title).toEqual({ en: "Same" });
    expect(
      commonValues(
        [
          { type: "a", props_version: 1, props: { x: 1, y: 1 } },
          { type: "a", props_version: 1, props: { x: 2, y: 1 } },
        ],
        ["x", "y"],
      ),
    ).toEqual({ y: 1 });
  });

  it("shows the page where nothing is selected, with its parameters", () => {
    const model = modelOf({});
    shown(model);
    fireEvent.click(screen.getByRole("button", { name: "Add a parameter" }));
    expect(model.getState().draft.pages.one?.params).toEqual({
      machine: { type: "asset", label: { en: "Machine", "zh-CN": "设备" } },
    });
  });

  it("takes no parameter whose name the address keeps for something else", () => {
    const model = modelOf({});
    shown(model);
    fireEvent.click(screen.getByRole("button", { name: "Add a parameter" }));
    const field = screen.getByLabelText(/Name in formulas and links/);
    fireEvent.change(field, { target: { value: "kiosk" } });
    expect(screen.getByRole("alert").textContent).toMatch(/something else/);
    fireEvent.blur(field);
    expect(Object.keys(model.getState().draft.pages.one?.params ?? {})).toEqual(["machine"]);
    fireEvent.change(field, { target: { value: "press" } });
    fireEvent.blur(field);
    expect(Object.keys(model.getState().draft.pages.one?.params ?? {})).toEqual(["press"]);
  });

  it("does not change a locked element", async () => {
    const model = modelOf({ el_aaaaaaaa: { type: "value", props_version: 1, locked: true } });
    model.select(["el_aaaaaaaa"]);
    shown(model);
    expect(((await screen.findByLabelText("Title")) as HTMLInputElement).disabled).toBe(true);
  });
});

describe("parts of it", () => {
  it("renumbers several sources of one input, leaving those that stay alone", () => {
    const speed = { ...temperature, role: "speed" };
    const element = {
      bind: { "/tags/0": temperature, "/tags/1": speed, "/tags/10": temperature, "/other": speed },
    };
    const before = manyOf(element, "tags");
    expect(before.map((entry) => entry.pointer)).toEqual(["/tags/0", "/tags/1", "/tags/10"]);
    const changes = manyChanges(["el"], before, "tags", [speed]);
    expect(changes).toEqual([
      { path: ["el", "bind", "/tags/1"], value: undefined },
      { path: ["el", "bind", "/tags/10"], value: undefined },
      { path: ["el", "bind", "/tags/0"], value: speed },
    ]);
  });
  it("keeps a place within the grid", () => {
    expect(placed({ x: 10, y: 0, w: 2, h: 1 }, "w", 6, "grid")).toEqual({ x: 6, y: 0, w: 6, h: 1 });
    expect(placed({ x: 0, y: 0, w: 6, h: 1 }, "x", 20, "grid")).toEqual({ x: 11, y: 0, w: 1, h: 1 });
  });
  it("saves one step alone and several as a list", () => {
    const begin = { page: "one", asset: "a", role: "r", state: "s", element: "el_aaaaaaaa", method: "m" };
    for (const kind of ACTION_KINDS) {
      const action = newAction(kind, begin);
      expect(savedSteps([action])).toEqual(action);
      expect(stepsOf(savedSteps([action, action]))).toEqual([action, action]);
    }
    expect(savedSteps([])).toBeUndefined();
  });
});
