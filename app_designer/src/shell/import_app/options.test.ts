import type { Inspection } from "@sdk/api/apps";
import { expect, test } from "vitest";
import { firstChoice, installOptions, MAKE, mayInstall } from "./options";

const inspection = (change: Partial<Inspection> = {}): Inspection => ({
  upload: "u",
  app: { id: "line", name: { en: "Line" }, version: "1.0.0" },
  hash: "ab",
  files: 2,
  media: 0,
  size: 10,
  signature: { state: "unsigned", key_id: "", publisher: "", public_key: "" },
  existing: null,
  check: { errors: 0, warnings: 0, findings: [] },
  missing: { components: [], media: [], assets: ["press_1", "press_2"], signals: [], asset_types: [] },
  code_blocks: [],
  ...change,
});

test("an unsigned package needs a word; a trusted one does not", () => {
  const unsigned = inspection();
  const choice = firstChoice(unsigned, []);
  expect(mayInstall(unsigned, choice)).toBe(false);
  expect(mayInstall(unsigned, { ...choice, confirmed: true })).toBe(true);
  const trusted = inspection({
    signature: { state: "trusted", key_id: "k", publisher: "P", public_key: "" },
  });
  expect(mayInstall(trusted, choice)).toBe(true);
  expect(installOptions(trusted, { ...choice, confirmed: true }).confirm_untrusted).toBe(false);
});

test("machines become those here, new ones, or stay open", () => {
  const choice = {
    ...firstChoice(inspection(), ["a"]),
    assets: { press_1: "a", press_2: MAKE, press_3: "" },
  };
  expect(installOptions(inspection(), choice)).toMatchObject({
    assets: { press_1: "a" },
    create_assets: ["press_2"],
  });
});

test("over an app that people use it begins as a draft; under another id nothing is replaced", () => {
  const over = inspection({ existing: { release: 3, draft_edited: true } });
  const choice = firstChoice(over, []);
  expect(choice.mode).toBe("draft");
  expect(installOptions(over, choice).replace_draft).toBe(true);
  expect(installOptions(over, { ...choice, id: "other" })).toMatchObject({
    as_app: "other",
    replace_draft: false,
  });
});

test("blocks of other makers need a word of their own; other files of a version are never taken", () => {
  const block = (here: "new" | "here" | "other") =>
    ({ id: "acme.ring", version: "1.0.0", here }) as Inspection["code_blocks"][number];
  const brings = inspection({ code_blocks: [block("new"), block("here")] });
  const choice = { ...firstChoice(brings, []), confirmed: true };
  expect(mayInstall(brings, choice)).toBe(false);
  expect(mayInstall(brings, { ...choice, blocks: true })).toBe(true);
  expect(installOptions(brings, choice).confirm_blocks).toBe(false);
  expect(mayInstall(inspection({ code_blocks: [block("here")] }), choice)).toBe(true);
  expect(mayInstall(inspection({ code_blocks: [block("other")] }), { ...choice, blocks: true })).toBe(false);
});

test("a package with errors or an impossible id cannot be installed", () => {
  const wrong = inspection({ check: { errors: 1, warnings: 0, findings: [] } });
  const choice = { ...firstChoice(wrong, []), confirmed: true };
  expect(mayInstall(wrong, choice)).toBe(false);
  expect(mayInstall(inspection(), { ...choice, id: "Not an id" })).toBe(false);
});
