import { existsSync, readdirSync, readFileSync } from "node:fs";
import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type {
  AppDocument,
  ComponentManifest,
  Element,
  PageDocument,
  TagBinding,
} from "../generated/documents.gen";
import { fakePlatform, Scene } from "../testing/fakes";
import { loadedApp, pageOf, scopeOf } from "../testing/scope";
import { ElementBody } from "./ElementBody";
import { arrange, type GridPlace } from "./grid";
import { blocks, loadManifests } from "./registry";
import { resolveElement } from "./resolve";

const element = (bind: Element["bind"], type = "value"): Element => ({
  type,
  props_version: 1,
  bind: bind ?? {},
});
const tagBinding = (role: string, asset: string | { param: string } = "press_1") =>
  ({ source: "tag", asset, role, transforms: [] }) satisfies TagBinding;
const scope = scopeOf(pageOf({}), { params: { machine: "press_1" } });
const NAMES = { inputs: { value: {}, series: {}, tags: {} } };
const inputsOf = (bind: Element["bind"]) => resolveElement(element(bind), scope, NAMES, "el_a").inputs;

describe("bindings", () => {
  it("take the sensor that plays the role now", () => {
    expect(inputsOf({ "/value": tagBinding("temperature") }).value?.[0]?.tag?.id).toBe(3);
  });
  it("take the asset from a page parameter", () => {
    const inputs = inputsOf({ "/value": tagBinding("speed", { param: "machine" }) });
    expect(inputs.value?.[0]).toMatchObject({ asset: "press_1", assetName: "Press one", problem: null });
  });
  it("stand in the order of their numbers, * for every role once", () => {
    const bind = { "/series/10": tagBinding("speed"), "/series/2": tagBinding("temperature") };
    expect(inputsOf(bind).series?.map((signal) => signal.role)).toEqual(["temperature", "speed"]);
    expect(inputsOf({ "/tags": tagBinding("*") }).tags).toHaveLength(3);
  });
  it("say why they give nothing", () => {
    const problem = (bind: Element["bind"]) => inputsOf(bind).value?.[0]?.problem;
    expect(problem({ "/value": tagBinding("pressure") })).toBe("unmapped");
    expect(problem({ "/value": tagBinding("secret") })).toBe("no_permission");
    expect(problem({ "/value": { source: "record", args: {} } })).toBe("unsupported");
  });
});

describe("registry", () => {
  const whole = (id: string) => existsSync(`components/${id}/component.json`);
  it("finds every folder of components/", () => {
    expect([...blocks.keys()].sort()).toEqual(readdirSync("components").filter(whole).sort());
  });
  it("holds slim manifests; the whole ones come when they are asked for", async () => {
    const slim = blocks.get("value")?.manifest;
    expect(slim?.layout.grid).toMatchObject({ w: 3, h: 2 });
    expect(slim?.defaults).toMatchObject({ show_band: true });
    expect(Object.keys(slim ?? {})).toEqual(expect.not.arrayContaining(["examples"]));
    expect(Object.keys(slim ?? {})).toEqual(expect.not.arrayContaining(["props"]));
    expect(Object.keys(slim ?? {})).toEqual(expect.not.arrayContaining(["i18n"]));
    expect(slim?.inputs).toEqual({ value: {} });
    expect(blocks.get("tabs")?.manifest.slots).toMatchObject({ tab: { repeats: "tabs" } });
    const found = (await loadManifests()).find((manifest) => manifest.id === "value");
    expect(found?.examples.length).toBeGreaterThan(0);
  });
});

describe("the texts of a block", () => {
  it("come with its code", async () => {
    const block = blocks.get("tabs");
    expect(block?.texts).toBeNull();
    const page = pageOf({ el_aaaaaaaa: element({}, "tabs") });
    const scene = render(
      <Scene platform={fakePlatform()} language="zh-CN">
        <ElementBody id="el_aaaaaaaa" scope={scopeOf(page, { language: "zh-CN" })} />
      </Scene>,
    );
    expect(await scene.findByText("还没有标签页", {}, { timeout: 5000 })).toBeTruthy();
    expect(block?.texts?.en?.empty).toBe("No tabs yet");
  });
});

describe("elements", () => {
  it("keep a page whole when a block is unknown", () => {
    const page = pageOf({ el_aaaaaaaa: element({}, "acme.gauge") });
    const scene = render(
      <Scene platform={fakePlatform()}>
        <ElementBody id="el_aaaaaaaa" scope={scopeOf(page)} />
      </Scene>,
    );
    expect(scene.getByText(/“acme.gauge” is not installed here/)).toBeTruthy();
  });
});

const OF_EVERY_ELEMENT = ["@visible", "@enabled", "@tone"];

describe("shipped app documents", () => {
  const root = "templates";
  const apps = readdirSync(root);
  const read = <T,>(path: string) => JSON.parse(readFileSync(`${root}/${path}`, "utf8")) as T;
  const placesOf = (page: PageDocument): GridPlace[] => {
    const found = arrange({ ...scopeOf(page), loaded: loadedApp() }, "page");
    return found.kind === "grid" ? found.places : [];
  };
  /** What a binding of a block may point at: inputs, writes, properties, and what every element has. */
  const targetsOf = (type: string): string[] => {
    const { inputs, writes, props } = JSON.parse(
      readFileSync(`components/${type}/component.json`, "utf8"),
    ) as ComponentManifest;
    const properties = (props as { properties?: object }).properties ?? {};
    return [inputs, writes, properties]
      .flatMap((members) => Object.keys(members ?? {}))
      .concat(OF_EVERY_ELEMENT);
  };
  it.each(apps)("%s names only blocks and targets there are, and overlaps nothing", (id) => {
    const app = read<AppDocument>(`${id}/app.json`);
    expect(app.id).toBe(id);
    const files = readdirSync(`${root}/${id}/pages`);
    for (const item of app.nav ?? []) expect(files).toContain(`${item.page}.json`);
    for (const file of files) {
      const page = read<PageDocument>(`${id}/pages/${file}`);
      for (const [name, element] of Object.entries(page.elements ?? {})) {
        expect(blocks.get(element.type), name).toBeDefined();
        for (const pointer of Object.keys(element.bind ?? {})) {
          expect(targetsOf(element.type), name).toContain(pointer.split("/")[1]);
        }
      }
      const taken = new Set<string>();
      for (const place of placesOf(page)) {
        const { x, y, w, h } = place;
        for (let row = y; row < y + h; row += 1) {
          for (let column = x; column < x + w; column += 1) {
            expect(taken.has(`${row}/${column}`), `${file}: ${place.id} overlaps`).toBe(false);
            taken.add(`${row}/${column}`);
          }
        }
      }
      const outside = Object.values(page.elements ?? {}).filter((element) => !element.parent);
      if (page.layout.lg.kind === "grid") expect(placesOf(page)).toHaveLength(outside.length);
    }
  });
});
