import type { TestResult } from "@sdk/api/apps";
import type { AppTestDocument, Expectation } from "../generated/documents.gen";
import type { Judged } from "./run";

type Failure = TestResult["failures"][number];
type Why = NonNullable<Judged["why"]>;

const WHY: Record<Why, { en: string; "zh-CN": string }> = {
  no_element: {
    en: "it is not shown on the page that is open",
    "zh-CN": "当前打开的页面上没有显示它",
  },
  no_cell: {
    en: "there is no such row or column in the table as it is drawn",
    "zh-CN": "当前绘制的表格中没有这样的行或列",
  },
  not_here: {
    en: "this cannot be looked at in a browser: expect what is read there instead",
    "zh-CN": "无法在浏览器中查看此项：请改为检查该处显示的文字",
  },
  not_done: {
    en: "one of the events could not be done: its element is not shown, or nothing of that name can be used",
    "zh-CN": "某个事件无法执行：其元素未显示，或没有该名称的可用控件",
  },
};

const shown = (value: unknown) => (typeof value === "string" ? `“${value}”` : String(value ?? "–"));

/** Places in a test's list that only a browser can judge, of the pointers the platform gave. */
export const placesOf = (pointers: readonly string[]): number[] =>
  pointers.map((pointer) => Number(pointer.split("/").at(-1)));

function nameOf({ kind, element, name }: Expectation): string {
  return [kind, element, name].filter(Boolean).join(" ");
}

function failureOf(test: AppTestDocument, { at, found, why }: Judged): Failure | null {
  const expected = test.expect[at];
  if (!expected) return null;
  const name = nameOf(expected);
  const wanted = shown(expected.v);
  const said = why
    ? WHY[why]
    : { en: `expected ${wanted}, found ${shown(found)}`, "zh-CN": `期望 ${wanted}，实际 ${shown(found)}` };
  return {
    path: `/tests~1${test.id}.json/expect/${at}`,
    message: { en: `${name}: ${said.en}`, "zh-CN": `${name}：${said["zh-CN"]}` },
    expected: expected.v ?? null,
    found: found ?? null,
  };
}

/** What the platform said of a test, and what the browser has to add; nothing is left open. */
export function completed(test: AppTestDocument, result: TestResult, judged: readonly Judged[]): TestResult {
  const more = judged.filter(({ ok }) => !ok).flatMap((one) => failureOf(test, one) ?? []);
  const failures = [...result.failures, ...more];
  return { ...result, ok: failures.length === 0, failures, browser: [] };
}
