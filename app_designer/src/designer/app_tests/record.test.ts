import { expect, test } from "vitest";
import type {
  AppTestDocument,
  ComponentManifest,
  Expectation,
  PageDocument,
} from "../../generated/documents.gen";
import { sampleOf } from "../../testing/fakes";
import type { Plant } from "../model/contract";
import { elementChoices, whatOfElement, whatOfPage } from "./choices";
import { presentOf, recordPage } from "./record";
import { typedValue } from "./typed";

const tag = (role: string) => ({ source: "tag" as const, asset: { param: "machine" }, role });
const page: PageDocument = {
  format: 1,
  id: "main",
  title: { en: "Main" },
  elements: {
    el_aaaaaaaa: { type: "value", props_version: 1, bind: { "/value": tag("speed") } },
    el_bbbbbbbb: {
      type: "value",
      props_version: 1,
      bind: { "/value": tag("pressure"), "/@visible": tag("speed") },
    },
    el_cccccccc: {
      type: "value",
      props_version: 1,
      bind: { "/value": { source: "expression", text: "t * 2", vars: { t: tag("temperature") } } },
    },
    el_dddddddd: { type: "tag_table", props_version: 1, bind: { "/tags": tag("*") } },
  },
  layout: { lg: { kind: "grid", items: {} } },
};
const roles = ["speed", "pressure", "temperature"].map((role, n) => ({
  asset: "press_1",
  role,
  tag_id: n + 1,
}));
const plant: Plant = { assets: [], types: [], roles, tags: new Map() };
const samples = new Map([
  [1, sampleOf(40)],
  [2, sampleOf(null, { q: 129 })],
  [3, sampleOf(52)],
]);
const options = {
  page,
  plant,
  params: { machine: "press_1" },
  sampleOf: (id: number) => samples.get(id) ?? null,
  manifests: new Map(),
  language: "en" as const,
};

test("the values behind a page and what its inputs show become a test", () => {
  const found = recordPage(options, "main_shows", "Main");
  expect(found?.given).toEqual([
    { asset: "press_1", role: "speed", v: 40, q: 0 },
    { asset: "press_1", role: "pressure", v: null, q: 129 },
    { asset: "press_1", role: "temperature", v: 52, q: 0 },
  ]);
  expect(found?.expect).toEqual([
    { kind: "input", element: "el_aaaaaaaa", name: "value", v: 40, q: "good" },
    { kind: "input", element: "el_bbbbbbbb", name: "value", v: null, q: "bad" },
  ]);
  expect(found?.params).toEqual({ machine: "press_1" });
});

test("a page without values gives no test that could not fail", () => {
  expect(recordPage({ ...options, sampleOf: () => null }, "x", "X")).toBeNull();
});

test("what is typed is what it means", () => {
  expect(["", "12.5", "true", "007", "Jam"].map(typedValue)).toEqual([null, 12.5, true, "007", "Jam"]);
});

const gauge = {
  inputs: { value: { shape: "scalar", label: { en: "Value" } } },
  outputs: {
    level: { rule: { level_of: "value" }, label: { en: "Level" } },
    secret: { label: { en: "Secret" } },
  },
  events: { press: { label: { en: "Pressed" }, payload: { value: "any" } } },
  meta: { name: { en: "Gauge" } },
} as unknown as ComponentManifest;
const manifests = new Map([["value", gauge]]);
const meta = { unit: "°C", decimals: 1, limits: { lo: null, hi: 30, hi_hi: 80 }, address: "40001" };
const hot: Plant = {
  ...plant,
  tags: new Map([[1, { id: 1, key: "s", edge: "e", connection: "c", kind: "f", meta }]]),
};

test("where a block shows a number it is read, with its limits", () => {
  const found = recordPage({ ...options, plant: hot, manifests, language: "zh-CN" }, "main_shows", "Main");
  const kept = { unit: "°C", decimals: 1, limits: { hi: 30, hi_hi: 80 } };
  expect(found?.given?.[0]).toEqual({ asset: "press_1", role: "speed", v: 40, q: 0, meta: kept });
  expect(found?.expect.slice(0, 2)).toEqual([
    { kind: "text", element: "el_aaaaaaaa", name: "value", v: "40.0 °C", q: "good" },
    { kind: "level", element: "el_aaaaaaaa", name: "value", v: "hi" },
  ]);
  expect(found?.language).toBe("zh-CN");
});

test("what can be looked at is offered, also what only a browser knows; inside blocks as well", () => {
  const block = { format: 1, id: "pair", version: 2, name: { en: "Pair" }, elements: page.elements } as never;
  const outer: PageDocument = {
    ...page,
    elements: { el_eeeeeeee: { type: "composite.pair", props_version: 2, name: "Left" } },
  };
  const draft = {
    app: { state: { shift: {} } },
    pages: { main: outer },
    blocks: { "pair.2": block },
    tests: {},
  };
  const found = elementChoices(draft as never, outer, manifests, "en");
  expect(found.map(({ path }) => path).slice(0, 2)).toEqual(["el_eeeeeeee", "el_eeeeeeee/el_aaaaaaaa"]);
  expect(found[1]?.label).toBe("Left › Gauge");
  const what = whatOfElement(found[1]?.element as never, manifests, "en");
  expect(what.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    "text value",
    "level value",
    "visible ",
    "enabled ",
    "input value",
    "output level",
    "output secret",
  ]);
  expect(whatOfPage(draft as never, outer).map(({ name }) => name)).toEqual(["", "shift"]);
});

test("cells are offered where the manifest says that there are rows and columns", () => {
  const plain = { type: "data_table", props_version: 1 };
  const kinds = (cells: boolean) => {
    const known = new Map([["data_table", { inputs: {}, outputs: {}, cells }]]);
    return whatOfElement(plain as never, known as never, "en").map(({ kind }) => kind);
  };
  expect(kinds(true)).toContain("cell");
  expect(kinds(false)).not.toContain("cell");
});

test("a new expectation begins with what the given values make of it", () => {
  const made = recordPage({ ...options, plant: hot, manifests }, "main_shows", "Main");
  const present = (kind: Expectation["kind"], name = "") =>
    presentOf(
      { ...options, plant: hot, manifests, test: made as AppTestDocument },
      page.elements?.el_aaaaaaaa ?? null,
      { kind, name, label: "" },
    );
  expect([
    present("text", "value"),
    present("level", "value"),
    present("visible"),
    present("output", "level"),
  ]).toEqual([{ v: "40.0 °C" }, { v: "hi" }, { v: true }, {}]);
});
