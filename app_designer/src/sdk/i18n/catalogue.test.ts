import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { CATALOGUES, languageFor, localText, translator } from "./catalogue";
import { en } from "./en";

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) && !/(\.test\.tsx?|en\.ts|zh_cn\.ts)$/.test(name)
      ? [readFileSync(path, "utf8")]
      : [];
  });
}

describe("catalogues", () => {
  it.each(Object.entries(CATALOGUES))("%s has every key, with the same placeholders", (_language, texts) => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(en).sort());
    for (const [key, text] of Object.entries(texts)) {
      expect(text.trim(), key).not.toBe("");
      expect(holes(text), key).toEqual(holes(en[key as keyof typeof en]));
    }
  });

  it("has no key that nothing uses", () => {
    const code = [...sources("src"), ...sources("components")].join("\n");
    const prefixes = [...code.matchAll(/`([a-z_]+\.(?:[a-z_0-9]+\.)*)\$\{/g)].map((match) => match[1] ?? "");
    const unused = Object.keys(en).filter(
      (key) => !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it("leaves no letters outside the catalogues in the markup", () => {
    const markup = [...sources("src"), ...sources("components")].join("\n");
    const texts = [...markup.matchAll(/>\s*([A-Z][a-z]+(?: [a-z]+)*)\s*<\//g)].map((match) => match[1]);
    expect(texts.filter((text) => text !== "Interlock")).toEqual([]);
  });
});

describe("language", () => {
  it("takes the first wish it speaks", () => {
    expect(languageFor(["de", "zh-TW", "en"])).toBe("zh-CN");
    expect(languageFor(["fr"])).toBe("en");
  });
  it("falls back from a missing text to English, then to any", () => {
    expect(localText({ en: "Press", "zh-CN": "压力机" }, "zh-CN")).toBe("压力机");
    expect(localText({ en: "Press" }, "zh-CN")).toBe("Press");
    expect(localText({ de: "Presse" }, "en")).toBe("Presse");
  });
  it("fills placeholders and leaves unknown ones", () => {
    expect(translator("en")("time.seconds", { n: "3" })).toBe("3 s");
    expect(translator("en")("time.seconds", {})).toBe("{n} s");
  });
});
