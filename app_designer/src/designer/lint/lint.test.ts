import type { Finding } from "@sdk/api/apps";
import { expect, test } from "vitest";
import type { Draft } from "../model/contract";
import { applyChanges } from "../model/paths";
import { grouped } from "./findings";
import { fixOf } from "./fixes";
import { draftPath, placeOf } from "./goto";

const DRAFT: Draft = {
  app: {
    format: 1,
    id: "line",
    version: "0.1.0",
    name: { en: "Line" },
    home: "main",
    requires: { trend: 1 },
  },
  pages: {
    main: {
      format: 1,
      id: "main",
      title: { en: "Main" },
      elements: {
        el_aaaaaaaa: {
          type: "value",
          props_version: 2,
          bind: { "/value": { source: "tag", asset: "press_1", role: "speed" } },
          events: {
            press: [
              {
                action: "write_tag",
                asset: "a",
                role: "b",
                confirm: "none",
                value: { source: "static", value: 1 },
              },
            ],
          },
        },
      },
      layout: { lg: { kind: "grid", items: {} } },
    },
  },
  blocks: {},
  tests: {},
};
const finding = (code: string, path: string, change: Partial<Finding> = {}): Finding => ({
  severity: "error",
  code,
  path,
  file: "",
  page: null,
  block: null,
  test: null,
  element: null,
  message: {},
  hint: {},
  ...change,
});
const BIND = "/pages~1main.json/elements/el_aaaaaaaa/bind/~1value";
const after = (code: string, path: string) => {
  const fix = fixOf(DRAFT, finding(code, path));
  return fix ? (applyChanges(DRAFT, fix.changes).root as Draft) : null;
};

test("a pointer leads to its page, element and field", () => {
  expect(draftPath(BIND)).toEqual(["pages", "main", "elements", "el_aaaaaaaa", "bind", "/value"]);
  expect(placeOf(DRAFT, BIND)).toEqual({ canvas: "main", element: "el_aaaaaaaa", member: "bind//value" });
  expect(placeOf(DRAFT, "/pages~1gone.json/title")).toEqual({ canvas: null, element: null, member: "" });
  expect(placeOf(DRAFT, "/app.json/nav/0")).toEqual({ canvas: null, element: null, member: "" });
});

test("what is safe is mended in one step", () => {
  expect(after("reference.role", `${BIND}/role`)?.app.roles).toEqual([
    { role: "speed", kind: "any", unit: "", required: true },
  ]);
  expect(after("reference.requires", "/app.json/requires")?.app.requires).toEqual({ trend: 1, value: 2 });
  expect(after("binding.target", BIND)?.pages.main?.elements?.el_aaaaaaaa?.bind).toEqual({});
  const step = "/pages~1main.json/elements/el_aaaaaaaa/events/press/0/confirm";
  expect(after("lint.confirm", step)?.pages.main?.elements?.el_aaaaaaaa?.events?.press).toMatchObject([
    { confirm: "dialog" },
  ]);
});

test("what a person has to decide has no such step", () => {
  expect(after("lint.unbound", "/pages~1main.json/elements/el_aaaaaaaa")).toBeNull();
  expect(after("binding.target", "/pages~1gone.json/elements/el_x/bind/~1value")).toBeNull();
});

test("errors stand before warnings, the app before its pages", () => {
  const list = [
    finding("a", "", { page: "main", severity: "warning" }),
    finding("b", "", { page: "main" }),
    finding("c", ""),
  ];
  expect(grouped(list).map(({ key, findings }) => [key, findings.map(({ code }) => code)])).toEqual([
    ["", ["c"]],
    ["main", ["b", "a"]],
  ]);
});
