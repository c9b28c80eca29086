import { showInstalled } from "@runtime/registry";
import { describe, expect, it } from "vitest";
import ring from "../../../components/sandbox_demo/component.json";
import type { ComponentManifest } from "../../generated/documents.gen";
import { draftOf, element, pageOf, plant } from "../../testing/plant";
import type { Draft } from "../model/contract";
import { applyChanges } from "../model/paths";
import { requirementChanges, usedRoles, withRequirements } from "./requirements";
import { renameParam, renameState, replaceChanges, usesOf } from "./usage";
import { outsideChanges, outsideUsesOf } from "./usage_outside";

const temperature = { source: "tag", asset: "press_1", role: "temperature" } as const;

describe("where used, and another in its place", () => {
  const draft = draftOf(
    pageOf("one", {
      el_aaaaaaaa: element({ bind: { "/value": temperature } }),
      el_bbbbbbbb: element({
        bind: { "/@visible": { source: "expression", text: "t > 80", vars: { t: temperature } } },
      }),
      el_cccccccc: element({
        events: {
          press: [
            {
              action: "write_tag",
              asset: "press_1",
              role: "temperature",
              value: { source: "static", value: 1 },
            },
          ],
        },
      }),
    }),
    pageOf("two", { el_dddddddd: element({ bind: { "/value": { ...temperature, role: "state" } } }) }),
  );
  it("finds bindings, formulas and actions", () => {
    const uses = usesOf(draft, { kind: "role", role: "temperature" });
    expect(uses.map((use) => [use.element, use.part])).toEqual([
      ["el_aaaaaaaa", "bind"],
      ["el_bbbbbbbb", "bind"],
      ["el_cccccccc", "events"],
    ]);
    expect(usesOf(draft, { kind: "asset", asset: "press_1" })).toHaveLength(4);
  });
  it("replaces all of them, and nothing else", () => {
    const { root } = applyChanges(draft, replaceChanges(draft, { kind: "role", role: "temperature" }, "oil"));
    expect(usesOf(root, { kind: "role", role: "temperature" })).toEqual([]);
    expect(usesOf(root, { kind: "role", role: "oil" })).toHaveLength(3);
    expect(root.pages.two).toBe(draft.pages.two);
  });
});

describe("tests and the rotation use things as well", () => {
  const outside = {
    app: { kiosk: [{ page: "main", params: { machine: "press_1" } }] },
    pages: {},
    blocks: {},
    tests: {
      t: {
        format: 1,
        id: "t",
        name: "T",
        page: "main",
        params: { machine: "press_1" },
        given: [{ asset: "press_1", role: "temperature", v: 1 }],
        expect: [
          { kind: "write", name: "press_1.setpoint", v: 2 },
          { kind: "state", name: "chosen", v: 3 },
        ],
      },
    },
  } as unknown as Draft;
  const test = { holder: "test", id: "t" };
  it.each([
    [{ kind: "role", role: "temperature" } as const, [test]],
    [{ kind: "role", role: "setpoint" } as const, [test]],
    [{ kind: "role", role: "setpoint", asset: "press_2" } as const, []],
    [{ kind: "asset", asset: "press_1" } as const, [test, { holder: "kiosk", id: "main" }]],
    [{ kind: "param", param: "machine" } as const, [test, { holder: "kiosk", id: "main" }]],
    [{ kind: "state", state: "chosen" } as const, [test]],
    [{ kind: "state", state: "chosen", canvas: "other" } as const, []],
    [{ kind: "asset", asset: "press_2" } as const, []],
  ])("%j", (query, uses) => {
    expect(outsideUsesOf(outside, query)).toEqual(uses);
    const { root } = applyChanges(outside, outsideChanges(outside, query, "another"));
    expect(outsideUsesOf(root, query)).toEqual([]);
  });
  it("change where something is replaced", () => {
    const query = { kind: "asset", asset: "press_1" } as const;
    const { root } = applyChanges(outside, outsideChanges(outside, query, "press_2"));
    expect(root.tests.t?.given?.[0]).toEqual({ asset: "press_2", role: "temperature", v: 1 });
    expect(root.tests.t?.expect[0]?.name).toBe("press_2.setpoint");
    expect(root.app.kiosk).toEqual([{ page: "main", params: { machine: "press_2" } }]);
  });
});

describe("a new name breaks nothing", () => {
  const byParam = { source: "tag", asset: { param: "machine" }, role: "state" } as const;
  const draft = draftOf(
    pageOf(
      "detail",
      {
        el_aaaaaaaa: element({
          bind: { "/value": byParam, "/title": { source: "param", param: "machine" } },
        }),
      },
      { params: { machine: { type: "asset" } }, state: { chosen: { type: "text" } } },
    ),
    pageOf(
      "list",
      {
        el_bbbbbbbb: element({
          events: { press: { action: "navigate", page: "detail", params: { machine: "press_1" } } },
          bind: { "/value": { source: "param", param: "machine" } },
        }),
      },
      { params: { machine: { type: "asset" } } },
    ),
  );
  it("of a parameter: bindings of its page, links to it; the other page's own stays", () => {
    const { root } = applyChanges(draft, renameParam(draft, "detail", "machine", "press"));
    expect(Object.keys(root.pages.detail?.params ?? {})).toEqual(["press"]);
    expect(root.pages.detail?.elements?.el_aaaaaaaa?.bind).toEqual({
      "/value": { ...byParam, asset: { param: "press" } },
      "/title": { source: "param", param: "press" },
    });
    expect(root.pages.list?.elements?.el_bbbbbbbb?.events?.press).toEqual({
      action: "navigate",
      page: "detail",
      params: { press: "press_1" },
    });
    expect(root.pages.list?.elements?.el_bbbbbbbb?.bind?.["/value"]).toEqual({
      source: "param",
      param: "machine",
    });
  });
  it("of a parameter: blocks that lead to the page or show it, its title, the rotation and tests", () => {
    const params = [{ name: "machine", value: "press_1" }];
    const link = element({ type: "link", props: { page: "detail", params } });
    const other = element({ type: "link", props: { page: "list", params } });
    const shown = applyChanges(draft, [
      { path: ["pages", "list", "elements", "el_dddddddd"], value: link },
      { path: ["pages", "list", "elements", "el_eeeeeeee"], value: other },
      { path: ["pages", "detail", "title"], value: { en: "Press {machine}" } },
      { path: ["app", "kiosk"], value: [{ page: "detail", params: { machine: "press_1" } }] },
      {
        path: ["tests", "t"],
        value: { format: 1, id: "t", name: "T", page: "detail", params: { machine: "press_1" }, expect: [] },
      },
    ]).root;
    const query = { kind: "param", param: "machine", canvas: "detail" } as const;
    expect(usesOf(shown, query).map((use) => [use.element, use.part])).toEqual([
      ["el_aaaaaaaa", "bind"],
      ["el_aaaaaaaa", "bind"],
      ["el_bbbbbbbb", "events"],
      ["el_dddddddd", "props"],
    ]);
    const { root } = applyChanges(shown, renameParam(shown, "detail", "machine", "press"));
    const { el_dddddddd: after, el_eeeeeeee: same } = root.pages.list?.elements ?? {};
    expect(after?.props).toEqual({ page: "detail", params: [{ name: "press", value: "press_1" }] });
    expect(same?.props).toEqual(other.props);
    expect(root.pages.detail?.title).toEqual({ en: "Press {press}" });
    expect(root.app.kiosk).toEqual([{ page: "detail", params: { press: "press_1" } }]);
    expect(root.tests.t?.params).toEqual({ press: "press_1" });
    expect(usesOf(root, query)).toEqual([]);
  });
  it("of a state", () => {
    const used = applyChanges(draft, [
      {
        path: ["pages", "detail", "elements", "el_aaaaaaaa", "bind", "/value"],
        value: { source: "state", name: "chosen" },
      },
    ]).root;
    const { root } = applyChanges(used, renameState(used, "detail", "chosen", "picked"));
    expect(root.pages.detail?.state).toEqual({ picked: { type: "text" } });
    expect(root.pages.detail?.elements?.el_aaaaaaaa?.bind?.["/value"]).toEqual({
      source: "state",
      name: "picked",
    });
  });
});

describe("what the app asks for is kept in step", () => {
  const draft = draftOf(pageOf("one", {}));
  const path = ["pages", "one", "elements", "el_aaaaaaaa"];
  const bound = element({ bind: { "/value": temperature } });
  const edited = (from: typeof draft, value: unknown, at: readonly string[] = path) =>
    applyChanges(from, withRequirements(from, plant, [{ path: at, value }])).root;

  it("names each new role with its kind and unit, and each new component", () => {
    const root = edited(draft, bound);
    expect(root.app.roles).toEqual([{ role: "temperature", kind: "number", unit: "°C" }]);
    expect(root.app.requires).toEqual({ value: 1 });
  });
  it("takes away what an edit used up, and keeps what a person described", () => {
    const described = applyChanges(edited(draft, bound), [
      {
        path: ["app", "roles"],
        value: [{ role: "temperature", kind: "number", unit: "K", required: false }],
      },
    ]).root;
    const named = edited(described, "Oil", [...path, "name"]);
    expect(named.app.roles).toEqual([{ role: "temperature", kind: "number", unit: "K", required: false }]);
    const gone = edited(named, undefined);
    expect(gone.app.roles).toEqual([]);
    expect(gone.app.requires).toEqual({});
    expect(usedRoles(gone).size).toBe(0);
  });
  it("leaves app.json alone when an edit needs nothing new, also where more is listed than used", () => {
    const listed = applyChanges(edited(draft, bound), [
      { path: ["app", "roles"], value: [{ role: "zeta" }, { role: "temperature" }] },
      { path: ["app", "requires"], value: { trend: 1, value: 1 } },
    ]).root;
    expect(requirementChanges(listed, listed, plant)).toEqual([]);
    expect(edited(listed, "Oil", [...path, "name"]).app).toBe(listed.app);
  });
  it("names the exact version of a block of another maker, and keeps it whatever is installed since", () => {
    const manifest = { ...ring, id: "acme.ring" } as unknown as ComponentManifest;
    const pin = (version: string) => ({ "acme.ring": { version, hash: `h${version}` } });
    const install = (version: string) =>
      showInstalled([{ hash: `h${version}`, granted: [], manifest: { ...manifest, version } }]);
    install("1.0.0");
    const ringed = edited(draft, element({ type: "acme.ring" }));
    expect(ringed.app.code_blocks).toEqual(pin("1.0.0"));
    install("2.0.0");
    expect(edited(ringed, "Oil", [...path, "name"]).app.code_blocks).toEqual(pin("1.0.0"));
    const gone = edited(ringed, undefined);
    expect(gone.app.code_blocks).toEqual({});
    expect(edited(gone, element({ type: "acme.ring" })).app.code_blocks).toEqual(pin("2.0.0"));
    showInstalled([]);
  });
});
