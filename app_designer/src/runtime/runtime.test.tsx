import { readdirSync, readFileSync } from "node:fs";
import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { AppDocument, Element, PageDocument, TagBinding } from "../generated/documents.gen";
import { fakePlatform, Scene, tagOf } from "../testing/fakes";
import { navigationOf } from "./actions";
import type { LoadedApp } from "./app";
import { ElementFrame } from "./ElementFrame";
import { placedElements } from "./grid";
import { blocks } from "./registry";
import { type ResolveContext, resolveInputs } from "./resolve";

const loaded: LoadedApp = {
  app: {} as AppDocument,
  pages: {},
  release: 1,
  roles: [
    { asset: "press_1", role: "speed", tag_id: 1, valid_from: 0 },
    { asset: "press_1", role: "temperature", tag_id: 2, valid_from: 0 },
    { asset: "press_1", role: "temperature", tag_id: 3, valid_from: 100 },
    { asset: "press_1", role: "secret", tag_id: 9, valid_from: 0 },
  ],
  assets: new Map([["press_1", { id: "press_1", name: "Press one" }]]),
  tags: new Map([1, 2, 3].map((id) => [id, tagOf(id)])),
};
const user = { name: "mona", role: "viewer", tenant: "factory" };
const context: ResolveContext = { loaded, params: { machine: "press_1" }, user, language: "en" };
const element = (bind: Element["bind"], type = "value"): Element => ({
  type,
  props_version: 1,
  bind: bind ?? {},
});
const tagBinding = (role: string, asset: string | { param: string } = "press_1") =>
  ({ source: "tag", asset, role, transforms: [] }) satisfies TagBinding;

describe("bindings", () => {
  it("take the sensor that plays the role now", () => {
    expect(resolveInputs(element({ "/value": tagBinding("temperature") }), context).value?.[0]?.tag?.id).toBe(
      3,
    );
  });
  it("take the asset from a page parameter", () => {
    const inputs = resolveInputs(element({ "/value": tagBinding("speed", { param: "machine" }) }), context);
    expect(inputs.value?.[0]).toMatchObject({ asset: "press_1", assetName: "Press one", problem: null });
  });
  it("stand in the order of their numbers, * for every role once", () => {
    const bind = { "/series/10": tagBinding("speed"), "/series/2": tagBinding("temperature") };
    expect(resolveInputs(element(bind), context).series?.map((signal) => signal.role)).toEqual([
      "temperature",
      "speed",
    ]);
    expect(resolveInputs(element({ "/tags": tagBinding("*") }), context).tags).toHaveLength(3);
  });
  it("say why they give nothing", () => {
    const problem = (bind: Element["bind"]) => resolveInputs(element(bind), context).value?.[0]?.problem;
    expect(problem({ "/value": tagBinding("pressure") })).toBe("unmapped");
    expect(problem({ "/value": tagBinding("secret") })).toBe("no_permission");
    expect(problem({ "/value": { source: "record", args: {} } })).toBe("unsupported");
  });
});

describe("registry", () => {
  it("finds every folder of components/", () => {
    expect([...blocks.keys()].sort()).toEqual(readdirSync("components").sort());
  });
});

describe("elements", () => {
  const placed = { id: "el_aaaaaaaa", item: { x: 0, y: 0, w: 3, h: 2 }, compact: { span: 1 as const, h: 2 } };
  it("keep a page whole when a block is unknown", () => {
    const scene = render(
      <Scene platform={fakePlatform()}>
        <ElementFrame
          placed={placed}
          element={element({}, "acme.gauge")}
          context={context}
          onNavigate={() => {}}
        />
      </Scene>,
    );
    expect(scene.getByText(/“acme.gauge” is not installed here/)).toBeTruthy();
  });
  it("navigate by an event, and ignore actions they do not know", () => {
    const go = { action: "navigate", page: "press", params: { machine: "press_2" } };
    expect(navigationOf([{ action: "sing" }, go])).toEqual(go);
    expect(navigationOf(undefined)).toBeNull();
  });
});

describe("shipped app documents", () => {
  const root = "templates";
  const apps = readdirSync(root);
  const read = <T,>(path: string) => JSON.parse(readFileSync(`${root}/${path}`, "utf8")) as T;
  it.each(apps)("%s names only blocks and inputs there are, and overlaps nothing", (id) => {
    const app = read<AppDocument>(`${id}/app.json`);
    expect(app.id).toBe(id);
    const files = readdirSync(`${root}/${id}/pages`);
    for (const item of app.nav ?? []) expect(files).toContain(`${item.page}.json`);
    for (const file of files) {
      const page = read<PageDocument>(`${id}/pages/${file}`);
      const taken = new Set<string>();
      for (const place of placedElements(page)) {
        const block = blocks.get(page.elements?.[place.id]?.type ?? "");
        expect(block, place.id).toBeDefined();
        for (const pointer of Object.keys(page.elements?.[place.id]?.bind ?? {})) {
          expect(Object.keys(block?.manifest.inputs ?? {})).toContain(pointer.split("/")[1]);
        }
        const { x, y, w, h } = place.item;
        for (let row = y; row < y + h; row += 1) {
          for (let column = x; column < x + w; column += 1) {
            expect(taken.has(`${row}/${column}`), `${file}: ${place.id} overlaps`).toBe(false);
            taken.add(`${row}/${column}`);
          }
        }
      }
      expect(placedElements(page)).toHaveLength(Object.keys(page.elements ?? {}).length);
    }
  });
});

describe("phone layout", () => {
  const item = (x: number, y: number) => ({ x, y, w: 3, h: 2 });
  it("reads top to bottom, left to right, and leaves no half row empty", () => {
    const page = {
      elements: { el_b: element({}), el_a: element({}), el_c: element({}, "trend") },
      layout: { lg: { kind: "grid", items: { el_b: item(0, 2), el_a: item(3, 0), el_c: item(0, 4) } } },
    } as unknown as PageDocument;
    expect(placedElements(page).map(({ id, compact }) => [id, compact.span])).toEqual([
      ["el_a", 1],
      ["el_b", 1],
      ["el_c", 2],
    ]);
  });
});
