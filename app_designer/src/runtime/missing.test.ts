import { describe, expect, it } from "vitest";
import { element } from "../testing/plant";
import { loadedApp, pageOf } from "../testing/scope";
import { missingRoles } from "./missing";

const reads = (asset: string, role: string) => ({ source: "tag" as const, asset, role });
const page = (bind: NonNullable<ReturnType<typeof element>["bind"]>) => ({
  home: pageOf({ el_1: element({ bind }) }),
});
const rows = [{ asset: "press_1", role: "speed", tag_id: 1 }];
const known = loadedApp().assets;

describe("roles no tag plays yet", () => {
  it("counts each once, also inside formulas", () => {
    const formula = { source: "expression" as const, text: "a", vars: { a: reads("press_1", "energy") } };
    const pages = page({
      a: reads("press_1", "speed"),
      b: reads("press_2", "speed"),
      c: formula,
      d: formula,
    });
    expect(missingRoles(loadedApp({ pages, roles: rows }))).toBe(2);
    expect(missingRoles(loadedApp({ pages, roles: [] }))).toBe(3);
  });

  it("counts a machine whose every role is asked for and which has none", () => {
    const pages = page({ a: reads("press_1", "*"), b: reads("press_2", "*") });
    expect(missingRoles(loadedApp({ pages, roles: rows }))).toBe(1);
  });

  it("takes a plant without machines for one that is still arriving", () => {
    const pages = page({ a: { source: "tag" as const, asset: { param: "machine" }, role: "speed" } });
    expect(known.size).toBeGreaterThan(0);
    expect(missingRoles(loadedApp({ pages }))).toBe(0);
    expect(missingRoles(loadedApp({ pages, assets: new Map() }))).toBe(1);
  });
});
