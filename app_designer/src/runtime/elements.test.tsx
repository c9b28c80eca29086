import { act, fireEvent, render } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CompositeDocument, Element, PageDocument } from "../generated/documents.gen";
import { fakePlatform, Scene, sampleOf } from "../testing/fakes";
import { loadedApp, pageOf, scopeOf } from "../testing/scope";
import { AreaView } from "./AreaView";
import { ElementBody } from "./ElementBody";
import { type Block, blocks } from "./registry";
import { createScope, type RuntimeScope, type ScopeOptions } from "./scope";
import { SlotRenderContext } from "./slots";

const LAYOUT = { grid: { w: 3, h: 2 }, compact: { span: 1 as const, h: 2 } };
const made: string[] = [];

/** A block that shows what it is given, put beside the real ones. */
function probe(id: string, View: Block["View"], change: Partial<Block["manifest"]> = {}): void {
  const manifest = {
    id,
    version: "1.0.0",
    props_version: 1,
    kind: "visual",
    layout: LAYOUT,
    inputs: { value: {} },
    writes: {},
    outputs: {},
    events: {},
    methods: {},
    slots: {},
    name: { en: id },
    defaults: {},
    ...change,
  } as unknown as Block["manifest"];
  (blocks as Map<string, Block>).set(id, { manifest, View, texts: null });
  made.push(id);
}

afterEach(() => {
  for (const id of made.splice(0)) (blocks as Map<string, Block>).delete(id);
});

const element = (type: string, change: Partial<Element> = {}): Element => ({
  type,
  props_version: 1,
  ...change,
});
const speed = { source: "tag", asset: "press_1", role: "speed" } as const;

function show(page: PageDocument, change: Partial<ScopeOptions> = {}) {
  const platform = fakePlatform();
  const scope = createScope({
    loaded: loadedApp({ pages: { [page.id]: page } }),
    services: platform.services,
    content: page,
    user: { name: "mona", role: "operator", tenant: "factory" },
    language: "en",
    ...change,
  });
  const put = (id: number, v: number | boolean | string | null, q = 0) =>
    act(() => platform.services.store.put([[id, sampleOf(v, { q })]], Date.now() * 1000));
  const scene = render(
    <Scene platform={platform}>
      <AreaView holder="page" scope={scope} />
    </Scene>,
  );
  return { platform, scope, put, scene };
}

describe("bound properties", () => {
  it("are in place, keep what was typed while unknown or bad, and renew only their own element", () => {
    const drawn: Record<string, number> = {};
    probe(
      "probe",
      ({ props, id }) => {
        drawn[id] = (drawn[id] ?? 0) + 1;
        return <p data-testid={id}>{JSON.stringify(props)}</p>;
      },
      { defaults: { min: 0 } },
    );
    const page = pageOf({
      el_aaaaaaaa: element("probe", { props: { max: 10 }, bind: { "/max": speed, "/axis/top": speed } }),
      el_bbbbbbbb: element("probe", { props: { max: 10 } }),
    });
    const { put, scene } = show(page);
    const text = (id: string) => JSON.parse(scene.getByTestId(id).textContent ?? "");
    expect(text("el_aaaaaaaa")).toEqual({ min: 0, max: 10 });
    put(1, 42);
    expect(text("el_aaaaaaaa")).toEqual({ min: 0, max: 42, axis: { top: 42 } });
    put(1, null, 134);
    expect(text("el_aaaaaaaa")).toEqual({ min: 0, max: 10 });
    expect(drawn.el_bbbbbbbb).toBe(1);
  });
  it("do not renew an element whose input changes: its leaves do that", () => {
    let drawn = 0;
    probe("probe", () => {
      drawn += 1;
      return <p>drawn</p>;
    });
    const { put } = show(pageOf({ el_aaaaaaaa: element("probe", { bind: { "/value": speed } }) }));
    put(1, 1);
    put(1, 2);
    expect(drawn).toBe(1);
  });
});

describe("visibility, use and tone", () => {
  const follow = (text: string) =>
    ({ source: "expression", text, vars: { speed }, transforms: [] }) as unknown as NonNullable<
      Element["bind"]
    >[string];
  it("follow expressions; unknown is shown, but is not a yes", () => {
    probe("probe", ({ enabled, tone }) => <p data-testid="it">{`${enabled} ${tone}`}</p>);
    const bind = {
      "/@visible": follow("speed < 100"),
      "/@enabled": follow("speed == 0"),
      "/@tone": follow('speed > 50 ? "fault" : "running"'),
    };
    const { put, scene } = show(pageOf({ el_aaaaaaaa: element("probe", { bind }) }));
    expect(scene.getByTestId("it").textContent).toBe("false null");
    put(1, 0);
    expect(scene.getByTestId("it").textContent).toBe("true running");
    put(1, 60);
    expect(scene.getByTestId("it").textContent).toBe("false fault");
    put(1, 200);
    expect(scene.queryByTestId("it")).toBeNull();
    put(1, null, 129);
    expect(scene.getByTestId("it").textContent).toBe("false null");
  });
  it("depend on the reader's role: what may not be seen is not drawn, what may not be used is not enabled", () => {
    probe("probe", ({ enabled, id }) => <p data-testid={id}>{String(enabled)}</p>);
    const page = pageOf({
      el_aaaaaaaa: element("probe", { access: { see: "admin" } }),
      el_bbbbbbbb: element("probe", { access: { use: "builder" } }),
      el_cccccccc: element("probe", { access: { see: "operator", use: "operator" } }),
    });
    const { scene } = show(page);
    expect(scene.queryByTestId("el_aaaaaaaa")).toBeNull();
    expect(scene.getByTestId("el_bbbbbbbb").textContent).toBe("false");
    expect(scene.getByTestId("el_cccccccc").textContent).toBe("true");
  });
  it("what writes a tag is not offered to a viewer; what only the app keeps is", () => {
    probe("probe", ({ enabled, id }) => <p data-testid={id}>{String(enabled)}</p>, {
      writes: { target: {} },
    } as never);
    const page = pageOf({
      el_aaaaaaaa: element("probe", { bind: { "/target": speed } }),
      el_bbbbbbbb: element("probe", { bind: { "/target": { source: "state", name: "seen" } } }),
    });
    const enabledFor = (role: "viewer" | "operator") => {
      const { scene } = show(page, { user: { name: "mona", role, tenant: "factory" } });
      const found = ["el_aaaaaaaa", "el_bbbbbbbb"].map((id) => scene.getByTestId(id).textContent);
      scene.unmount();
      return found;
    };
    expect(enabledFor("operator")).toEqual(["true", "true"]);
    expect(enabledFor("viewer")).toEqual(["false", "true"]);
  });
});

describe("outputs and states", () => {
  const giver: Block["View"] = ({ output, emit, id }) => (
    <button
      type="button"
      data-testid={id}
      onClick={() => {
        output("choice", "b");
        emit("press", { value: 3 });
      }}
    />
  );
  const reader: Block["View"] = ({ props, inputs, id }) => (
    <p data-testid={id}>{String(props.text ?? inputs.value?.[0]?.problem ?? "none")}</p>
  );
  const output = (source: string) => ({ source: "output", element: source, output: "choice" }) as const;

  it("reach other elements", () => {
    probe("giver", giver);
    probe("reader", reader);
    const page = pageOf({
      el_aaaaaaaa: element("giver"),
      el_bbbbbbbb: element("reader", { bind: { "/text": output("el_aaaaaaaa") } }),
    });
    const { scene } = show(page);
    expect(scene.getByTestId("el_bbbbbbbb").textContent).toBe("none");
    fireEvent.click(scene.getByTestId("el_aaaaaaaa"));
    expect(scene.getByTestId("el_bbbbbbbb").textContent).toBe("b");
  });
  it("that go round are told instead of followed", () => {
    probe("reader", reader);
    const bind = (source: string) => ({ "/value": output(source) });
    const page = pageOf({
      el_aaaaaaaa: element("reader", { bind: bind("el_bbbbbbbb") }),
      el_bbbbbbbb: element("reader", { bind: bind("el_cccccccc") }),
      el_cccccccc: element("reader", { bind: bind("el_aaaaaaaa") }),
      el_dddddddd: element("reader", { bind: bind("el_aaaaaaaa") }),
    });
    const { scene } = show(page);
    expect(scene.getByTestId("el_aaaaaaaa").textContent).toBe("cycle");
    // Who only looks at the loop is not part of it.
    expect(scene.getByTestId("el_dddddddd").textContent).toBe("none");
  });
});

describe("slots", () => {
  const box: Block["View"] = ({ slot }) => (
    <section>
      {["press_1", "press_2"].map((machine) => (
        <div key={machine}>{slot("item", { key: machine, params: { machine } })}</div>
      ))}
    </section>
  );
  it("give each item its own parameters and outputs", () => {
    probe("box", box, { slots: { item: {} } });
    probe("leaf", ({ inputs, output, props }) => (
      <button type="button" onClick={() => output("name", inputs.value?.[0]?.assetName ?? "")}>
        {`${inputs.value?.[0]?.assetName} ${props.chosen ?? "-"}`}
      </button>
    ));
    const leaf = element("leaf", {
      parent: { id: "el_aaaaaaaa", slot: "item" },
      bind: {
        "/value": { source: "tag", asset: { param: "machine" }, role: "speed" },
        "/chosen": { source: "output", element: "el_cccccccc", output: "name" },
      },
    });
    const page = pageOf({ el_aaaaaaaa: element("box"), el_bbbbbbbb: leaf }, {});
    page.layout.lg = { kind: "grid", items: { el_aaaaaaaa: { x: 0, y: 0, w: 12, h: 4 } } };
    const { scene } = show(page);
    expect(scene.getAllByRole("button").map((entry) => entry.textContent)).toEqual([
      "Press one -",
      "Press two -",
    ]);
  });
});

function blockOf(
  elements: Record<string, Element>,
  params: CompositeDocument["params"] = {},
): CompositeDocument {
  const { layout } = pageOf(elements);
  return {
    format: 1,
    id: "card",
    version: 2,
    name: { en: "Card" },
    params,
    size: LAYOUT as CompositeDocument["size"],
    elements,
    layout: layout.lg,
  };
}

describe("blocks of the app", () => {
  const text: Block["View"] = ({ inputs, props }) => (
    <p data-testid="inside">{`${inputs.value?.[0]?.assetName ?? "?"} ${props.text ?? ""}`}</p>
  );
  const inner = element("text_probe", {
    bind: {
      "/value": { source: "tag", asset: { param: "machine" }, role: "speed" },
      "/text": { source: "param", param: "caption" },
    },
  });
  const params: CompositeDocument["params"] = {
    machine: { type: "asset", label: { en: "Machine" }, default: "press_1" },
    caption: { type: "text", label: { en: "Caption" }, default: "hello" },
  };
  const withBlock = (page: PageDocument, block: CompositeDocument) =>
    show(page, { loaded: loadedApp({ pages: { page }, blocks: { "card.2": block } }) });

  it("draw the version they name with the parameters of the instance", () => {
    probe("text_probe", text);
    const instance = element("composite.card", { props_version: 2, props: { machine: "press_2" } });
    const { scene } = withBlock(pageOf({ el_aaaaaaaa: instance }), blockOf({ el_bbbbbbbb: inner }, params));
    expect(scene.getByTestId("inside").textContent).toBe("Press two hello");
  });
  it("take bound parameters: a value flows in, a machine is resolved anew", () => {
    probe("text_probe", text);
    const bind = {
      "/caption": speed,
      "/machine": { source: "state", name: "chosen" } as const,
    };
    const page = pageOf(
      { el_aaaaaaaa: element("composite.card", { props_version: 2, bind }) },
      { state: { chosen: { type: "text", default: "press_1" } } },
    );
    const { scene, put, scope } = withBlock(page, blockOf({ el_bbbbbbbb: inner }, params));
    put(1, 7);
    expect(scene.getByTestId("inside").textContent).toBe("Press one 7");
    act(() => scope.memory.states.set("chosen", "press_2"));
    expect(scene.getByTestId("inside").textContent).toBe("Press two 7");
  });
  it("that are missing, or stand inside themselves, say so and keep the rest", () => {
    const self = element("composite.card", { props_version: 2 });
    const { scene } = withBlock(
      pageOf({ el_aaaaaaaa: self, el_bbbbbbbb: element("composite.card", { props_version: 9 }) }),
      blockOf({ el_cccccccc: self }),
    );
    expect(scene.getByText(/“card”, version 9, is not in this release/)).toBeTruthy();
    expect(scene.getByText(/Only 4 levels are drawn/)).toBeTruthy();
  });
});

describe("failures", () => {
  it("of one block leave the others, and can be tried again", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    let broken = true;
    probe("bad", () => {
      if (broken) throw new Error("broken");
      return <p>well again</p>;
    });
    probe("well", () => <p>well</p>);
    const { scene } = show(pageOf({ el_aaaaaaaa: element("bad"), el_bbbbbbbb: element("well") }));
    expect(scene.getByText("well")).toBeTruthy();
    broken = false;
    fireEvent.click(scene.getByText("Try again"));
    expect(scene.getByText("well again")).toBeTruthy();
  });
  it("of a newer block are told, its settings kept", () => {
    probe("probe", () => <p>drawn</p>);
    const { scene } = show(pageOf({ el_aaaaaaaa: { type: "probe", props_version: 2 } }));
    expect(scene.queryByText("drawn")).toBeNull();
    expect(scene.getByText("Made with a newer version")).toBeTruthy();
  });
});

describe("design and gallery", () => {
  it("do nothing when pressed, and say that it was dealt with", async () => {
    const dispatch = vi.fn();
    const results: unknown[] = [];
    probe("probe", ({ emit, write }) => (
      <button
        type="button"
        onClick={() => {
          results.push(emit("press"));
          void write("target", 1).then((outcome) => results.push(outcome.status));
        }}
      />
    ));
    const page = pageOf({ el_aaaaaaaa: element("probe", { events: { press: { action: "refresh" } } }) });
    const runner = { dispatch, write: vi.fn() };
    const { scene } = show(page, { mode: "design", runner });
    fireEvent.click(scene.getByRole("button"));
    await act(async () => {});
    expect(results).toEqual([true, "preview"]);
    expect(dispatch).not.toHaveBeenCalled();
    expect(runner.write).not.toHaveBeenCalled();
  });
});

describe("the content of slots", () => {
  it("is drawn by whoever says so, as the designer's canvas does", () => {
    probe("box", ({ slot }) => <section>{slot("body")}</section>);
    const scope: RuntimeScope = scopeOf(pageOf({ el_aaaaaaaa: element("box") }));
    const scene = render(
      <Scene platform={fakePlatform()}>
        <SlotRenderContext.Provider value={({ holder }) => <p>canvas of {holder}</p>}>
          <ElementBody id="el_aaaaaaaa" scope={scope} />
        </SlotRenderContext.Provider>
      </Scene>,
    );
    expect(scene.getByText("canvas of el_aaaaaaaa/body")).toBeTruthy();
  });
});
