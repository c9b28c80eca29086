import { describe, expect, it } from "vitest";
import type { Element, PageLayout, PageParam } from "../generated/documents.gen";
import { loadedApp, pageOf, scopeOf } from "../testing/scope";
import { themeTokens } from "./app_theme";
import { breakpointOf } from "./breakpoint";
import { arrange } from "./grid";
import { pagesAbove } from "./PageHead";
import { choicesOf, pageTitle, paramValues } from "./params";

const element = (type = "value", change: Partial<Element> = {}): Element => ({
  type,
  props_version: 1,
  ...change,
});
const at = (x: number, y: number, w = 3, h = 2) => ({ x, y, w, h });

function arranged(
  elements: Record<string, Element>,
  layout: PageLayout,
  breakpoint: "lg" | "md" | "sm",
  holder = "page",
) {
  return arrange(scopeOf(pageOf(elements, { layout }), { breakpoint }), holder);
}

describe("a grid", () => {
  const elements = { el_aaaaaaaa: element(), el_bbbbbbbb: element(), el_cccccccc: element("trend") };
  const items = { el_bbbbbbbb: at(0, 2), el_aaaaaaaa: at(3, 0), el_cccccccc: at(0, 4, 12, 6) };
  const layout: PageLayout = { lg: { kind: "grid", items } };

  it("on a phone reads top to bottom, left to right, and leaves no half row empty", () => {
    const found = arranged(elements, layout, "sm");
    expect(found).toMatchObject({
      kind: "phone",
      places: [
        { id: "el_aaaaaaaa", span: 1 },
        { id: "el_bbbbbbbb", span: 1 },
        { id: "el_cccccccc", span: 2 },
      ],
    });
    const two = { el_aaaaaaaa: element(), el_cccccccc: element("trend") };
    expect(arranged(two, layout, "sm")).toMatchObject({ places: [{ span: 2 }, { span: 2 }] });
  });
  it("on a phone takes what the document says otherwise: order, width, hidden", () => {
    const sm = {
      kind: "grid" as const,
      items: { el_cccccccc: at(0, 0, 6, 3), el_bbbbbbbb: { ...at(0, 1), hidden: true } },
    };
    expect(arranged(elements, { ...layout, sm }, "sm")).toEqual({
      kind: "phone",
      places: [
        { id: "el_cccccccc", span: 1, h: 3, grows: false },
        { id: "el_aaaaaaaa", span: 1, h: 2, grows: false },
      ],
    });
  });
  it("on a tablet takes the places that differ", () => {
    const md = { kind: "grid" as const, items: { el_aaaaaaaa: at(6, 0, 6) } };
    const found = arranged(elements, { ...layout, md }, "md");
    expect(found.kind === "grid" && found.places.find(({ id }) => id === "el_aaaaaaaa")).toMatchObject({
      x: 6,
      w: 6,
    });
    const whole = arranged(elements, { ...layout, md }, "lg");
    expect(whole.kind === "grid" && whole.places.find(({ id }) => id === "el_aaaaaaaa")).toMatchObject({
      x: 3,
      w: 3,
    });
  });
  it("loses no element: one without a place comes below the rest", () => {
    const found = arranged({ ...elements, el_dddddddd: element() }, layout, "lg");
    expect(found.kind === "grid" && found.places.at(-1)).toMatchObject({ id: "el_dddddddd", y: 10 });
  });
  it("of a slot holds what its container holds", () => {
    const inner = element("value", { parent: { id: "el_aaaaaaaa", slot: "body" } });
    const slots = { "el_aaaaaaaa/body": { kind: "grid" as const, items: { el_dddddddd: at(0, 0, 6) } } };
    const nested = { lg: { kind: "grid" as const, items, slots } };
    const all = { ...elements, el_dddddddd: inner };
    expect(arranged(all, nested, "lg", "el_aaaaaaaa/body")).toMatchObject({
      places: [{ id: "el_dddddddd", w: 6 }],
    });
    expect(arranged(all, nested, "lg")).toMatchObject({ rows: 10 });
  });
});

describe("a free canvas", () => {
  const bind = { "/value": { source: "tag", asset: "press_1", role: "speed" } } as const;
  const elements = {
    el_aaaaaaaa: element("value", { bind }),
    el_bbbbbbbb: element("value"),
    el_cccccccc: element("value", { bind }),
  };
  const free = (x: number, y: number, z = 0) => ({ x, y, w: 100, h: 50, z, r: 0 });
  const items = { el_aaaaaaaa: free(500, 300), el_bbbbbbbb: free(0, 0, 5), el_cccccccc: free(10, 10) };
  it("keeps every place, in reading order, and lists on a phone only what can be read", () => {
    const found = arranged(elements, { lg: { kind: "free", width: 800, height: 400, items } }, "sm");
    expect(found).toMatchObject({
      kind: "free",
      places: [{ id: "el_bbbbbbbb", z: 5 }, { id: "el_cccccccc" }, { id: "el_aaaaaaaa" }],
      list: [{ id: "el_cccccccc" }, { id: "el_aaaaaaaa" }],
    });
  });
  it("a pipe is in the picture alone, also with a flow", () => {
    const piped = { ...elements, el_dddddddd: element("pipe", { bind }) };
    const placed = { ...items, el_dddddddd: free(0, 0) };
    const found = arranged(piped, { lg: { kind: "free", width: 800, height: 400, items: placed } }, "sm");
    expect(found).toMatchObject({ list: [{ id: "el_cccccccc" }, { id: "el_aaaaaaaa" }] });
  });
});

describe("breakpoints", () => {
  it("are those of phone, tablet and PC", () => {
    expect([360, 719, 720, 1079, 1080, 1920].map(breakpointOf)).toEqual(["sm", "sm", "md", "md", "lg", "lg"]);
  });
});

describe("parameters", () => {
  const machines = Array.from({ length: 12 }, (_, index) => ({
    id: `press_${index + 1}`,
    name: `Press ${index + 1}`,
    type: "press",
    level: "machine" as const,
  }));
  const loaded = {
    ...loadedApp(),
    assets: new Map(
      [...machines, { id: "tank", name: "Tank", type: "tank", level: "machine" as const }].map((asset) => [
        asset.id,
        asset,
      ]),
    ),
  };
  const machine: PageParam = { type: "asset", asset_type: "press" };
  const page = {
    title: { en: "{machine}, {count}", "zh-CN": "{machine}" },
    params: { machine, count: { type: "number" as const, default: 2 } },
  };

  it("offer every asset that fits, in the order people count, also one that is added later", () => {
    expect(
      choicesOf(loaded, machine, "en")
        .map(({ label }) => label)
        .slice(0, 3),
    ).toEqual(["Press 1", "Press 2", "Press 3"]);
    const added = new Map(loaded.assets).set("press_201", {
      id: "press_201",
      name: "Press 201",
      type: "press",
    } as never);
    expect(choicesOf({ ...loaded, assets: added }, machine, "en").at(-1)).toEqual({
      value: "press_201",
      label: "Press 201",
    });
    expect(choicesOf(loaded, { type: "asset", level: "machine" as const }, "en")).toHaveLength(13);
  });
  it("take from the address what is allowed, else the default, else the first", () => {
    expect(paramValues(loaded, page, { machine: "press_7", count: "5", foreign: "x" })).toEqual({
      machine: "press_7",
      count: 5,
    });
    expect(paramValues(loaded, page, { machine: "tank", count: "many" })).toEqual({
      machine: "press_1",
      count: 2,
    });
    expect(paramValues(loaded, page, JSON.parse('{"__proto__": "x"}'))).toEqual({
      machine: "press_1",
      count: 2,
    });
  });
  it("stand in the title", () => {
    expect(pageTitle(page, loaded, { machine: "press_7", count: 5 }, "en")).toBe("Press 7, 5");
    expect(pageTitle({ title: { en: "{other}" } }, loaded, {}, "en")).toBe("{other}");
  });
});

describe("breadcrumbs", () => {
  it("are the pages above that may be seen; a chain that goes round ends", () => {
    const top = pageOf({}, { id: "top", parent: "detail" });
    const secret = pageOf({}, { id: "secret", parent: "top", access: { see: "admin" } });
    const detail = pageOf({}, { id: "detail", parent: "secret" });
    const loaded = loadedApp({ pages: { top, secret, detail } });
    const user = { name: "", role: "viewer" as const, tenant: "" };
    expect(pagesAbove({ loaded, user }, detail).map(({ id }) => id)).toEqual(["top"]);
  });
});

describe("themes", () => {
  it("set only plain tokens; what could load or end something is left out", () => {
    const dark = {
      "--accent": "#ff8800",
      "--bg": "rgb(1 2 3 / 0.5)",
      "--x": "url(evil)",
      color: "red",
      "--y": "a;b:c",
    };
    expect(themeTokens({ dark }, true)).toEqual([["--accent", "#ff8800"]]);
    expect(themeTokens({ dark }, false)).toEqual([]);
  });
});
