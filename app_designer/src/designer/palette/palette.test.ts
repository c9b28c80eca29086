import { loadManifests } from "@runtime/registry";
import { describe, expect, it } from "vitest";
import { componentEntry, search } from "./entries";

describe("the palette", () => {
  it("finds blocks by words of both languages, by the best fit first", async () => {
    const manifests = await loadManifests();
    for (const language of ["en", "zh-CN"] as const) {
      const entries = manifests.map((manifest) => componentEntry(manifest, language));
      expect(search(entries, "trend")[0]?.type).toBe("trend");
      expect(search(entries, "趋势").map((entry) => entry.type)).toContain("trend");
      expect(search(entries, "GAUGE")[0]?.type).toBe("gauge");
      expect(search(entries, "no such block")).toEqual([]);
      expect(search(entries, "  ")).toHaveLength(manifests.length);
    }
  });

  it("names every block in both languages", async () => {
    for (const manifest of await loadManifests()) {
      expect(componentEntry(manifest, "en").name).not.toBe("");
      expect(componentEntry(manifest, "zh-CN").name).toMatch(/\p{Script=Han}|QR/u);
    }
  });
});
