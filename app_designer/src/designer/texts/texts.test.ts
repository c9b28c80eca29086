import fc from "fast-check";
import { expect, test } from "vitest";
import type { Draft } from "../model/contract";
import { applyChanges } from "../model/paths";
import { changeThrough, collectTexts, textChanges } from "./collect";
import { parseCsv, readCsv, toCsv } from "./csv";

const DRAFT: Draft = {
  app: {
    format: 1,
    id: "line",
    version: "0.1.0",
    name: { en: "Line", "zh-CN": "产线" },
    home: "main",
    nav: [{ page: "main", label: { en: "Main" } }],
  },
  pages: {
    main: {
      format: 1,
      id: "main",
      title: { en: '=Main, "one"' },
      elements: {
        el_aaaaaaaa: {
          type: "reason_picker",
          props_version: 1,
          props: {
            options: [
              { value: 1, label: { en: "Jam" } },
              { value: 2, label: { en: "Tool\nchange" } },
            ],
          },
        },
      },
      layout: { lg: { kind: "grid", items: {} } },
    },
  },
  blocks: {},
  tests: {},
};

test("every text is found, also inside lists", () => {
  expect(collectTexts(DRAFT).map(({ key, element }) => [key, element])).toEqual([
    ["app/name", null],
    ["app/nav/0/label", null],
    ["pages/main/title", null],
    ["pages/main/elements/el_aaaaaaaa/props/options/0/label", "el_aaaaaaaa"],
    ["pages/main/elements/el_aaaaaaaa/props/options/1/label", "el_aaaaaaaa"],
  ]);
});

test("a text inside a list is changed with its list", () => {
  const text = collectTexts(DRAFT)[4];
  const change = changeThrough(DRAFT, text?.path ?? [], { en: "Tool" });
  const { root } = applyChanges(DRAFT, [change]);
  expect(root.pages.main?.elements?.el_aaaaaaaa?.props?.options).toEqual([
    { value: 1, label: { en: "Jam" } },
    { value: 2, label: { en: "Tool" } },
  ]);
});

test("what was saved and read again changes nothing, whatever the texts", () => {
  expect(readCsv(toCsv(collectTexts(DRAFT)), collectTexts(DRAFT))).toEqual({
    changed: new Map(),
    problems: [],
  });
  fc.assert(
    fc.property(fc.array(fc.array(fc.string(), { minLength: 2, maxLength: 4 })), (rows) => {
      const quoted = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(","));
      const found = parseCsv(quoted.join("\n")).map(({ cells }) => cells);
      expect(found).toEqual(rows.map((row) => row.map((cell) => cell.replaceAll("\r\n", "\n"))));
    }),
  );
});

test("two texts of one list become one change with both", () => {
  const texts = collectTexts(DRAFT);
  const csv = toCsv(texts).replace("Jam,", "Jam,卡料").replace('change",', 'change",换模');
  const { changed, problems } = readCsv(csv, texts);
  expect(problems).toEqual([]);
  const changes = textChanges(DRAFT, changed);
  expect(changes).toHaveLength(1);
  expect(JSON.stringify(changes)).toMatch(/卡料.*换模/);
});

test("all lines that are not understood are told, with their numbers", () => {
  const csv = "key,en,zh-CN\napp/name,Line\npages/gone/title,A,B\napp/name,Works,产线\n";
  const { changed, problems } = readCsv(csv, collectTexts(DRAFT));
  expect(problems).toEqual([
    { text: "line_columns", values: { line: "2", count: "3" } },
    { text: "line_unknown", values: { line: "3", key: "pages/gone/title" } },
  ]);
  expect(changed.get("app/name")).toEqual({ en: "Works", "zh-CN": "产线" });
  expect(readCsv("a;b\n", []).problems[0]?.text).toBe("line_header");
});

test("no cell begins as a formula", () => {
  for (const row of parseCsv(toCsv(collectTexts(DRAFT)))) {
    for (const cell of row.cells) expect(cell).not.toMatch(/^[=+\-@]/);
  }
});
