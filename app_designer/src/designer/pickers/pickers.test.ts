import { freeId, idFrom } from "@forms/ids";
import { placeBeside } from "@forms/Popover";
import { dimensionOf } from "@sdk/units";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { AssetType } from "../../generated/documents.gen";
import { tagOf } from "../../testing/fakes";
import { renamed, spansOf } from "../expr_editor/formula";
import type { Plant } from "../model/contract";
import { proposedMapping } from "./mapping";
import { roleBinding } from "./PlantPane";
import { activeRow } from "./PlantTree";
import { firstOpen, indexOf, rowsOf } from "./plant_index";
import { formulaFrom, variableName } from "./SourcePanes";
import { nextKey } from "./TransformSteps";
import { misfitOf, WANTED_BOOLEAN, type Wanted } from "./wanted";

const press: AssetType = {
  id: "press",
  name: { en: "Press" },
  roles: [
    {
      role: "temperature",
      label: { en: "Temperature", "zh-CN": "温度" },
      kind: "number",
      unit: "°C",
      keywords: ["bearing"],
    },
    { role: "pressure", label: { en: "Pressure", "zh-CN": "压力" }, kind: "number", unit: "bar" },
  ],
};
const plantOf = (count: number): Plant => ({
  assets: [
    { id: "line", name: "Line" },
    ...Array.from({ length: count }, (_, n) => ({
      id: `press_${n}`,
      name: `Press ${n}`,
      type: "press",
      parent: "line",
    })),
  ],
  types: [press],
  roles: [
    { asset: "press_0", role: "temperature", tag_id: 1, valid_from: 0 },
    { asset: "press_0", role: "temperature", tag_id: 2, valid_from: 50 },
  ],
  tags: new Map(
    [
      tagOf(1, { key: "press_0/old" }),
      tagOf(2, { key: "press_0/new" }),
      tagOf(3, { key: "mixer/level", connection: "mixer", asset: null, role: null }),
    ].map((tag) => [tag.id, tag]),
  ),
});
const all = { open: new Set<string>(), language: "en", params: [], unmappedLabel: "Unmapped" } as const;

describe("the plant as a tree", () => {
  const plant = plantOf(2);
  const index = indexOf(plant);
  it("gives a role the tag that began last, and promised roles without one", () => {
    const roles = index.rolesAt.get("press_0") ?? [];
    expect(roles.map((at) => [at.role, at.tag?.id ?? null])).toEqual([
      ["temperature", 2],
      ["pressure", null],
    ]);
    expect(index.unmapped.map(({ tag }) => tag.id)).toContain(3);
  });
  it("finds by name in either language, by keyword, unit, tag and machine", () => {
    for (const search of ["温度", "bearing", "°c", "press_0/new", "press 0 temp"]) {
      const rows = rowsOf(index, { ...all, search });
      expect(
        rows.some((row) => row.kind === "role" && row.at.role === "temperature"),
        search,
      ).toBe(true);
      expect(
        rows.some((row) => row.kind === "role" && row.at.role === "pressure"),
        search,
      ).toBe(false);
    }
    expect(rowsOf(index, { ...all, search: "nothing like it" })).toEqual([]);
  });
  it("shows this page's machine first, and binds it by the parameter", () => {
    const params = [
      { name: "machine", label: "This page's machine", asset: plant.assets[1] ?? null, type: press },
    ];
    const [head, first] = rowsOf(index, { ...all, search: "", params });
    expect(head).toMatchObject({ kind: "param", param: "machine" });
    expect(first).toMatchObject({ kind: "role", param: "machine" });
  });
  it("opens a small plant whole, and of a large one the way to its first signal", () => {
    expect(firstOpen(index).size).toBe(4);
    const large = indexOf(plantOf(2500));
    expect(firstOpen(large)).toEqual(new Set(["press_0", "line"]));
    expect(rowsOf(large, { ...all, open: firstOpen(large), search: "" })).toHaveLength(1 + 2500 + 2 + 1);
  });
  it("lets Enter take the first match, not the group around it", () => {
    const rows = rowsOf(index, { ...all, search: "temperature" });
    expect(rows[activeRow(rows, { active: 0, search: "temperature" })]?.kind).toBe("role");
  });
});

describe("what fits", () => {
  const number: Wanted = { type: "number", shape: "scalar", dimension: "any", from: ["tag", "history"] };
  it("tells why something does not", () => {
    expect(misfitOf(number, { kind: "s", meta: {} }, dimensionOf)?.reason).toBe("number");
    expect(misfitOf(WANTED_BOOLEAN, { kind: "f", meta: {} }, dimensionOf)?.reason).toBe("boolean");
    const typed: Wanted = { ...WANTED_BOOLEAN, type: "any", targets: ["manual"] };
    expect(misfitOf(typed, { kind: "f", meta: {}, edge: "line_1" }, dimensionOf)?.reason).toBe("writable");
    expect(misfitOf(typed, { kind: "f", meta: {}, edge: "manual" }, dimensionOf)).toBeNull();
    const sent: Wanted = { ...typed, targets: ["device", "manual", "state"] };
    const device = { kind: "f", meta: {}, edge: "line_1" } as const;
    expect(misfitOf(sent, { ...device, writable: false }, dimensionOf)?.reason).toBe("writable");
    for (const writable of [true, null])
      expect(misfitOf(sent, { ...device, writable }, dimensionOf)).toBeNull();
    expect(misfitOf(number, { ...device, writable: false }, dimensionOf)).toBeNull();
    expect(
      misfitOf({ ...number, dimension: "temperature" }, { kind: "f", meta: { unit: "bar" } }, dimensionOf),
    ).toEqual({ reason: "unit", has: "bar" });
    expect(
      misfitOf({ ...number, dimension: "temperature" }, { kind: "f", meta: { unit: "°F" } }, dimensionOf),
    ).toBeNull();
    expect(misfitOf({ ...number, shape: "rows" }, { kind: "f", meta: {} }, dimensionOf)?.reason).toBe(
      "shape",
    );
  });
  it("binds a course as history, a number as the tag", () => {
    expect(roleBinding({ ...number, shape: "series" }, "press_0", "temperature")).toMatchObject({
      source: "history",
      fn: null,
    });
    expect(roleBinding(number, { param: "machine" }, "temperature")).toMatchObject({
      source: "tag",
      asset: { param: "machine" },
    });
    expect(roleBinding({ ...number, from: ["history"] }, "press_0", "temperature")).toMatchObject({
      fn: "mean",
    });
  });
});

describe("ids and names", () => {
  it("are valid and free, whatever is typed", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(idFrom(text, "asset")).toMatch(/^[a-z0-9][a-z0-9_-]{0,39}$/);
      }),
    );
    expect(freeId("press", new Set(["press", "press_2"]))).toBe("press_3");
  });
  it("propose the connection as a machine and the last part of the key as the role", () => {
    expect(
      proposedMapping(
        tagOf(3, { key: "mixer/level", connection: "mixer", asset: null, role: null }),
        plantOf(1),
      ),
    ).toEqual({ asset: "mixer", newAssetName: "mixer", role: "level" });
  });
  it("of variables begin with a letter and differ", () => {
    const bound = { source: "tag", asset: "a", role: "2nd-stage" } as const;
    expect(variableName(bound, new Set())).toBe("v2nd_stage");
    expect(variableName(bound, new Set(["v2nd_stage"]))).toBe("v2nd_stage_2");
    expect(formulaFrom(bound)).toEqual({
      source: "expression",
      text: "v2nd_stage",
      vars: { v2nd_stage: bound },
    });
  });
  it("of map keys count on", () => {
    expect(
      nextKey([
        ["0", "a"],
        ["4", "b"],
      ]),
    ).toBe("5");
    expect(nextKey([])).toBe("0");
  });
});

describe("a formula's text", () => {
  it("is cut into stretches that give the text again", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(
          spansOf(text, new Set(["a"]))
            .map((span) => span.text)
            .join(""),
        ).toBe(text);
      }),
    );
  });
  it("gets a new name where it stands as a name, and nowhere else", () => {
    expect(renamed("t + max(t, tt) + 't' + event.t", "t", "temp")).toBe(
      "temp + max(temp, tt) + 't' + event.t",
    );
    expect(renamed("温度 + t", "t", "x")).toBe("温度 + x");
  });
});

describe("a panel beside what it belongs to", () => {
  it("is always whole on the screen", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1440 }), fc.integer({ min: 0, max: 900 }), (left, top) => {
        const place = placeBeside(
          { left, right: left + 100, top },
          { width: 460, height: 500 },
          { width: 1440, height: 900 },
        );
        expect(place.left).toBeGreaterThanOrEqual(8);
        expect(place.left + 460).toBeLessThanOrEqual(1432);
        expect(place.top + 500).toBeLessThanOrEqual(892);
      }),
    );
  });
});
