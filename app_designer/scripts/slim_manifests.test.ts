import { describe, expect, it } from "vitest";
import { slimManifest } from "../src/runtime/slim_manifest.ts";
import { blockLabels, blockModule } from "./slim_manifests.ts";

const WORD = { en: "Value", "zh-CN": "数值" };
const MANIFEST = {
  id: "bar",
  version: "1.2.0",
  props_version: 2,
  kind: "visual",
  meta: { name: { en: "Bar" }, summary: { en: "Long" }, category: "display/value" },
  layout: { grid: { w: 3 } },
  props: { properties: { look: { default: "plain" }, title: {} } },
  inputs: { value: { label: WORD, type: "number", description: "What it shows." } },
  writes: { set: { label: { en: "Set" }, type: "number" } },
  slots: { tab: { label: WORD, description: "One tab.", repeats: "tabs", items_max: 3 } },
  events: { press: { label: WORD, payload: { value: "any" } } },
  outputs: { level: { label: WORD, type: "string" } },
  i18n: { en: { empty: "Nothing" }, "zh-CN": { empty: "空" } },
  runtime: { isolation: "iframe" },
  examples: [{}],
};

describe("what is made of a manifest", () => {
  it("for every page: what must be known before a block is drawn, and no text but its name", () => {
    expect(slimManifest(MANIFEST)).toEqual({
      id: "bar",
      version: "1.2.0",
      props_version: 2,
      kind: "visual",
      layout: { grid: { w: 3 } },
      name: { en: "Bar" },
      category: "display/value",
      defaults: { look: "plain" },
      inputs: { value: {} },
      writes: { set: {} },
      slots: { tab: { repeats: "tabs", items_max: 3 } },
    });
  });
  it("with the code of a block: its texts", () => {
    const code = blockModule(MANIFEST, "/web/components/bar/View.tsx");
    expect(code).toContain('export { default } from "/web/components/bar/View.tsx";');
    expect(code).toContain('export const texts = {"en":{"empty":"Nothing"},"zh-CN":{"empty":"空"}};');
    expect(code).not.toContain("sandboxed");
  });
  it("for the frame of a block without code here: all it is held against", () => {
    const text =
      blockModule(MANIFEST, null).split("export const sandboxed = ")[1]?.replace(/;$/, "") ?? "null";
    expect(JSON.parse(text)).toEqual({
      id: "bar",
      version: "1.2.0",
      runtime: { isolation: "iframe" },
      i18n: MANIFEST.i18n,
      events: MANIFEST.events,
      outputs: MANIFEST.outputs,
      name: { en: "Bar" },
    });
  });
  it("for whoever asks where a number comes from: what inputs and writes are called", () => {
    expect(blockLabels(MANIFEST)).toEqual({ inputs: { value: WORD }, writes: { set: { en: "Set" } } });
  });
});
