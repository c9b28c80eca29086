import type { Signal } from "@sdk/bindings/signal";
import { signalName } from "@sdk/bindings/signal";
import { formatMoment } from "@sdk/format/time";
import { resolveRange } from "@sdk/range";
import type { RuntimeTranslate } from "./i18n/texts";
import { blocks } from "./registry";
import { resolveElement } from "./resolve";
import type { RuntimeScope } from "./scope";

const POINTS = 2000;
const TAGS_MAX = 50;
/** A spreadsheet takes what begins so for a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** One field of a CSV file; text that a spreadsheet would run is made plain text. */
export function csvField(value: string): string {
  const plain = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The tags an element (null: every element of the page) shows, each once. */
export function tagsShown(scope: RuntimeScope, element: string | null): Signal[] {
  const ids = element === null ? Object.keys(scope.elements) : [element];
  const found = new Map<number, Signal>();
  for (const id of ids) {
    const document = scope.elements[id];
    if (!document) continue;
    const manifest = blocks.get(document.type)?.manifest ?? {};
    for (const signals of Object.values(resolveElement(document, scope, manifest, id).inputs)) {
      for (const signal of signals) if (signal.tag) found.set(signal.tag.id, signal);
    }
  }
  return [...found.values()].slice(0, TAGS_MAX);
}

function save(name: string, text: string): void {
  // With a byte order mark, or a spreadsheet reads Chinese wrongly.
  const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Saves the course of what is shown over the page's range as a file; returns the number of rows. */
export async function exportCsv(
  scope: RuntimeScope,
  element: string | null,
  t: RuntimeTranslate,
): Promise<number> {
  const signals = tagsShown(scope, element);
  if (signals.length === 0) return 0;
  const { history, live } = scope.services;
  const now = live.clock.now();
  const { from, to } = resolveRange(scope.range.get(), now);
  const answer = await history.load(
    signals.map(({ tag }) => tag?.id ?? 0),
    from,
    to,
    POINTS,
  );
  const head = ["time", "name", "value", "unit", "quality"] as const;
  const rows = [head.map((column) => t(`export.${column}`))];
  for (const { id, t: times, v, q } of answer.series) {
    const signal = signals.find(({ tag }) => tag?.id === id);
    if (!signal) continue;
    const name = [signal.assetName, signalName(signal, scope.language)].filter(Boolean).join(" · ");
    times.forEach((time, index) => {
      const value = v[index] ?? null;
      const moment = new Date(time / 1000).toISOString();
      rows.push([
        moment,
        name,
        value === null ? "" : String(value),
        signal.tag?.meta.unit ?? "",
        String(q[index] ?? ""),
      ]);
    });
  }
  const stamp = formatMoment(to, now, scope.language).replace(/[^\p{L}\p{N}]+/gu, "-");
  if (rows.length > 1) {
    save(`${scope.page}-${stamp}.csv`, rows.map((row) => row.map(csvField).join(",")).join("\r\n"));
  }
  return rows.length - 1;
}
