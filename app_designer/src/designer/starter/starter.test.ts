import type { Tag } from "@sdk/api/types";
import { expect, test } from "vitest";
import type { GridItem } from "../../generated/documents.gen";
import { tagOf } from "../../testing/fakes";
import type { Draft, Plant } from "../model/contract";
import { applyChanges } from "../model/paths";
import { startFromAssets } from "./generate";
import { signalsOf } from "./rank";

const number = (id: number, role: string, change: Partial<Tag> = {}) => tagOf(id, { role, ...change });

function plantOf(machines: readonly string[]): Plant {
  const tags = new Map<number, Tag>();
  const roles = machines.flatMap((asset, index) => {
    const base = index * 10 + 1;
    const all = [
      tagOf(base, { kind: "u", meta: { texts: { "2": "Running" }, colors: { "2": "running" } } }),
      number(base + 1, "speed", { meta: { unit: "1/min" } }),
      number(base + 2, "temperature", { meta: { unit: "°C", limits: { hi: 80 } } }),
      number(base + 3, "speed_setpoint", { meta: { unit: "1/min" } }),
    ];
    for (const tag of all) tags.set(tag.id, tag);
    return ["state", "speed", "temperature", "speed_setpoint"].map((role, n) => ({
      asset,
      role,
      tag_id: base + n,
      valid_from: 0,
    }));
  });
  const assets = machines.map((id) => ({ id, name: id, type: "press" }));
  return { assets, types: [], roles, tags };
}

function noOverlap(places: readonly GridItem[]): void {
  expect(places.length).toBeGreaterThan(0);
  for (const place of places) expect(place.x + place.w).toBeLessThanOrEqual(12);
  places.forEach((a, i) => {
    for (const b of places.slice(i + 1)) {
      const apart = a.x + a.w <= b.x || b.x + b.w <= a.x || a.y + a.h <= b.y || b.y + b.h <= a.y;
      expect(apart).toBe(true);
    }
  });
}

const EMPTY: Draft = {
  app: { format: 1, id: "line", version: "0.1.0", name: { en: "Line" }, home: "start", nav: [] },
  pages: {
    start: { format: 1, id: "start", title: { en: "Start" }, layout: { lg: { kind: "grid", items: {} } } },
  },
  blocks: {},
  tests: {},
};

const made = (machines: string[], draft: Draft = EMPTY) =>
  applyChanges(
    draft,
    startFromAssets({ draft, plant: plantOf(machines), chosen: machines, versionOf: () => 1 }),
  ).root as Draft;

test("the state comes first, numbers with limits before others, set-points last", () => {
  const { state, numbers } = signalsOf(plantOf(["press_1"]), "press_1");
  expect(state?.role).toBe("state");
  expect(numbers.map(({ role }) => role)).toEqual(["temperature", "speed", "speed_setpoint"]);
});

test("an empty first page makes way for the overview, which becomes the home page", () => {
  const draft = made(["press_1", "press_2"]);
  expect(Object.keys(draft.pages).sort()).toEqual(["machine", "overview", "trends"]);
  expect(draft.app.home).toBe("overview");
  expect(draft.app.nav?.map(({ page }) => page)).toEqual(["overview", "machine", "trends"]);
});

test("pages that hold something stay as they are", () => {
  const first = made(["press_1"]);
  const second = made(["press_1"], first);
  expect(second.pages.overview).toEqual(first.pages.overview);
  expect(Object.keys(second.pages)).toContain("overview_2");
  expect(second.app.home).toBe("overview");
});

test("the page of a machine fits every machine of the type by its parameter", () => {
  const { machine } = made(["press_1", "press_2"]).pages;
  expect(machine?.params?.machine).toMatchObject({ type: "asset", asset_type: "press" });
  const bound = Object.values(machine?.elements ?? {}).flatMap(({ bind }) => Object.values(bind ?? {}));
  expect(bound.length).toBeGreaterThan(3);
  for (const binding of bound) expect(binding).toMatchObject({ asset: { param: "machine" } });
});

test("every role and component that is used is listed, and nothing overlaps", () => {
  const draft = made(["press_1", "press_2", "press_3", "press_4", "press_5"]);
  const roles = new Set(draft.app.roles?.map(({ role }) => role));
  for (const page of Object.values(draft.pages)) {
    const { lg } = page.layout;
    if (lg.kind !== "grid") throw new Error("a grid was expected");
    const areas = [lg, ...Object.values(lg.slots ?? {})];
    for (const area of areas) noOverlap(Object.values(area.items ?? {}) as GridItem[]);
    for (const { type, bind } of Object.values(page.elements ?? {})) {
      expect(draft.app.requires?.[type]).toBe(1);
      for (const binding of Object.values(bind ?? {})) {
        if ("role" in binding && binding.role !== "*") expect(roles).toContain(binding.role);
      }
    }
  }
});

test("machines without a signal change nothing", () => {
  const plant = { ...plantOf([]), assets: [{ id: "bare", name: "Bare" }] };
  expect(startFromAssets({ draft: EMPTY, plant, chosen: ["bare"], versionOf: () => 1 })).toEqual([]);
});
