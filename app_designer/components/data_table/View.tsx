import { BlockTile, type ComponentProps, localText, Said, type Signal, useLocale, useMissing } from "@sdk";
import { useEffect } from "react";
import { Body } from "./Body";
import { useTable } from "./model";
import type { DataTableProps } from "./sources";
import { Tools } from "./Tools";
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
