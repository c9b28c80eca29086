import { expect, test } from "vitest";
import type { PageDocument } from "../../generated/documents.gen";
import { sampleOf } from "../../testing/fakes";
import type { Plant } from "../model/contract";
import { recordPage } from "./record";
import { typedValue } from "./TestEditor";

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
