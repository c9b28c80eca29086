import {
  assess,
  type ComponentProps,
  displayOfSignal,
  type LocalText,
  localText,
  type Signal,
  shownNumber,
  shownUnitOf,
  signalName,
  type UnitWishes,
  type Value,
} from "@sdk";
import type { Cell } from "./table";

export interface Column {
  field: string;
  label?: LocalText;
  width?: number;
  align?: "start" | "end";
}

export interface DataTableProps {
  title?: LocalText;
  columns?: Column[];
  rows?: Cell[][];
  searchable?: boolean;
  exportable?: boolean;
  column_choice?: boolean;
}

/** One row: written cells, or a signal whose cells are read when they are drawn. */
export interface Row {
  key: string;
  cells: Cell[] | null;
  signal: Signal | null;
  /** What the filter looks at. */
  words: string;
}

const TAG_FIELDS = ["name", "value", "quality", "age"] as const;
const END = new Set(["value", "age"]);

/** The columns of a table in the reader's language. */
export function columnsOf(
  props: DataTableProps,
  bound: boolean,
  language: "en" | "zh-CN",
  text: ComponentProps["text"],
): { field: string; name: string; width: number; align: "start" | "end" }[] {
  const written = props.columns ?? [];
  const list: Column[] = written.length > 0 ? written : bound ? TAG_FIELDS.map((field) => ({ field })) : [];
  const known = ["name", "asset", "value", "unit", "quality", "age"];
  return list.map(({ field, label, width, align }) => ({
    field,
    name: localText(label, language) || (bound && known.includes(field) ? text(field) : field),
    width: width ?? (field === "name" ? 3 : 2),
    align: align ?? (bound && END.has(field) ? "end" : "start"),
  }));
}

export function rowsOf(
  props: DataTableProps,
  signals: readonly Signal[],
  language: "en" | "zh-CN",
  wishes: UnitWishes,
): Row[] {
  if (signals.length > 0) {
    return signals.map((signal) => {
      const words = [
        signalName(signal, language),
        signal.assetName,
        signal.tag?.key,
        shownUnitOf(signal, wishes),
      ];
      return { key: signal.key, cells: null, signal, words: words.filter(Boolean).join(" ").toLowerCase() };
    });
  }
  return (props.rows ?? []).map((cells, index) => ({
    key: String(index),
    cells,
    signal: null,
    words: cells.join(" ").toLowerCase(),
  }));
}

export interface Present {
  v: Value;
  q: number;
  ts: number;
  fresh: 0 | 1 | 2;
  good: { v: Value; ts: number } | null;
}

/** The value in the unit that stands beside it. */
function presentValue(signal: Signal, sample: Present | null, wishes: UnitWishes): Cell {
  const value = signal.constant ?? sample?.v ?? null;
  const display = displayOfSignal(signal, wishes);
  return (display && shownNumber(value, display)) ?? value;
}

/** A cell as it is at this moment: for sorting and export. Ages are given as the moment, ISO 8601. */
export function presentCell(
  row: Row,
  place: number,
  field: string,
  sample: Present | null,
  words: { language: "en" | "zh-CN"; quality: (word: string) => string; wishes: UnitWishes },
): Cell {
  if (row.cells) return row.cells[place] ?? null;
  const { signal } = row;
  if (!signal) return null;
  if (field === "name") return signalName(signal, words.language);
  if (field === "asset") return signal.assetName ?? signal.asset;
  if (field === "unit") return shownUnitOf(signal, words.wishes);
  if (field === "value") return presentValue(signal, sample, words.wishes);
  if (field === "age") return sample && sample.ts > 0 ? new Date(sample.ts / 1000).toISOString() : null;
  return words.quality(assess(sample, true).word ?? "quality.good");
}
