import {
  BlockTile,
  type ComponentProps,
  localText,
  Said,
  type Signal,
  useLocale,
  useMissing,
  useServices,
} from "@sdk";
import { useEffect, useMemo, useState } from "react";
import { Body } from "./Body";
import { columnsOf, type DataTableProps, presentCell, rowsOf } from "./sources";
import { Tools } from "./Tools";
import { compareCells, csvOf, type Direction } from "./table";
import css from "./View.module.css";

const NONE: readonly Signal[] = [];

export default function DataTableView(block: ComponentProps<DataTableProps>) {
  const { props, inputs, tone } = block;
  const { language } = useLocale();
  const signals = inputs.rows ?? NONE;
  const written = (props.rows ?? []).length > 0;
  const missing = useMissing(signals.slice(0, 1));
  return (
    <BlockTile title={localText(props.title, language)} tone={tone}>
      {!written && missing ? missing : <Table block={block} signals={signals} />}
    </BlockTile>
  );
}

export interface Sort {
  place: number;
  direction: Direction;
}

/** Everything the table shows, and what it does with it. */
function useTable(block: ComponentProps<DataTableProps>, signals: readonly Signal[]) {
  const { props, text } = block;
  const { language, t } = useLocale();
  const { store } = useServices();
  const [search, setSearch] = useState("");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<Sort | null>(null);
  const columns = useMemo(
    () => columnsOf(props, signals.length > 0, language, text),
    [props, signals, language, text],
  );
  const rows = useMemo(() => rowsOf(props, signals, language), [props, signals, language]);
  const present = useMemo(() => {
    const words = { language, quality: (word: string) => t(word as never) };
    return (row: (typeof rows)[number], place: number) => {
      const sample = row.signal?.cell?.get() ?? (row.signal?.tag ? store.get(row.signal.tag.id) : null);
      return presentCell(row, place, columns[place]?.field ?? "", sample, words);
    };
  }, [columns, language, store, t]);
  // Sorted when it is asked for, not with every new value: rows that are read must not move.
  const sorted = useMemo(() => {
    if (!sort) return rows;
    const collator = new Intl.Collator(language, { numeric: true });
    const keyed = rows.map((row) => ({ row, cell: present(row, sort.place) }));
    keyed.sort((a, b) => compareCells(a.cell, b.cell, sort.direction, collator));
    return keyed.map(({ row }) => row);
  }, [rows, sort, present, language]);
  const shown = useMemo(() => {
    const words = search.trim().toLowerCase();
    return words ? sorted.filter((row) => row.words.includes(words)) : sorted;
  }, [sorted, search]);
  const csv = () =>
    csvOf(
      columns.map((column) => column.name),
      shown.map((row) => columns.map((_, place) => present(row, place))),
    );
  return { columns, rows, shown, search, setSearch, hidden, setHidden, sort, setSort, csv };
}

export type TableModel = ReturnType<typeof useTable>;

function Table({ block, signals }: { block: ComponentProps<DataTableProps>; signals: readonly Signal[] }) {
  const { text, output } = block;
  const table = useTable(block, signals);
  const { shown, rows, search } = table;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the count alone is told, not each new `output`.
  useEffect(() => output("count", shown.length), [shown.length]);
  return (
    <span className={css.whole}>
      <Tools block={block} table={table} />
      {rows.length === 0 ? (
        <Said icon="rows" title={text("empty")} level="empty" />
      ) : shown.length === 0 ? (
        <Said icon="search" title={text("none", { search })} level="empty" />
      ) : (
        <Body block={block} table={table} />
      )}
    </span>
  );
}
