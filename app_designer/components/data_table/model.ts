import { type ComponentProps, type Signal, useLocale, useServices, useUnitWishes } from "@sdk";
import { useMemo, useState } from "react";
import { columnsOf, type DataTableProps, presentCell, rowsOf } from "./sources";
import { compareCells, csvOf, type Direction } from "./table";

export interface Sort {
  place: number;
  direction: Direction;
}

/** Everything the table shows, and what it does with it. */
export function useTable(block: ComponentProps<DataTableProps>, signals: readonly Signal[]) {
  const { props, text } = block;
  const { language, t } = useLocale();
  const { store } = useServices();
  const wishes = useUnitWishes();
  const [search, setSearch] = useState("");
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [sort, setSort] = useState<Sort | null>(null);
  const columns = useMemo(
    () => columnsOf(props, signals.length > 0, language, text),
    [props, signals, language, text],
  );
  const rows = useMemo(() => rowsOf(props, signals, language, wishes), [props, signals, language, wishes]);
  const present = useMemo(() => {
    const words = { language, quality: (word: string) => t(word as never), wishes };
    return (row: (typeof rows)[number], place: number) => {
      const sample = row.signal?.cell?.get() ?? (row.signal?.tag ? store.get(row.signal.tag.id) : null);
      return presentCell(row, place, columns[place]?.field ?? "", sample, words);
    };
  }, [columns, language, store, t, wishes]);
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
