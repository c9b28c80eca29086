import type { SummaryFn } from "@sdk/api/plant";
import { HistoryNumber, type WindowSource } from "@sdk/bindings/history_number";
import type { ValueCell } from "@sdk/bindings/signal";
import { isSpan, resolveRange } from "@sdk/range";
import type { RuntimeScope } from "./scope";

const DAY_US = 86_400e6;
const DAYS: Record<string, number> = { "7d": 7, "30d": 30 };
const never = () => () => {};

function fixedSpan(span: string): WindowSource | null {
  if (isSpan(span)) return { window: (now) => resolveRange({ kind: "live", span }, now), subscribe: never };
  const days = DAYS[span];
  if (!days) return null;
  return { window: (now) => ({ from: now - days * DAY_US, to: now, live: true }), subscribe: never };
}

/** One number of the history of a tag, over the page's range or over one of its own. */
export function historyCell(scope: RuntimeScope, id: number, fn: SummaryFn, span: string | null): ValueCell {
  const { range, services, memory } = scope;
  const page = { window: (now: number) => resolveRange(range.get(), now), subscribe: range.subscribe };
  const window = (span === null ? null : fixedSpan(span)) ?? page;
  return memory.graph.source(new HistoryNumber(services, id, fn, window), true);
}
