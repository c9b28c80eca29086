import { expect, test } from "vitest";
import { contrast } from "./contrast";
import { faintPairs, readTheme } from "./tokens";

test("contrast is that of WCAG", () => {
  expect(contrast("#000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
  expect(contrast("#123456", "#123456")).toBe(1);
  expect(contrast("color-mix(in srgb, red, blue)", "#fff")).toBeNull();
});

test("only what was changed is judged, each pair once", () => {
  const base = {
    "--accent": "#1f5fbf",
    "--accent-text": "#ffffff",
    "--surface": "#ffffff",
    "--text": "#1b2129",
  };
  expect(faintPairs({}, { ...base, "--text": "#eeeeee" })).toEqual([]);
  const faint = faintPairs({ "--accent": "#ffcc00" }, base);
  expect(faint.map(({ token, against }) => [token, against])).toEqual([
    ["--accent", "--accent-text"],
    ["--accent", "--surface"],
  ]);
});

test("a file may hold tokens alone", () => {
  expect(readTheme('{"light": {"--accent": "#ff0000"}}')).toEqual({
    light: { "--accent": "#ff0000" },
    dark: {},
  });
  for (const bad of [
    "not json",
    "[]1",
    "null",
    '{"light": {"accent": "#f00"}}',
    '{"light": {"--accent": "url(//x)"}}',
    '{"light": {"--accent": "red;background:blue"}}',
    '{"dark": []}',
  ]) {
    expect(readTheme(bad)).toBeNull();
  }
});
