import { Button, type ComponentProps, Icon } from "@sdk";
import type { TableModel } from "./model";
import type { DataTableProps } from "./sources";
import css from "./View.module.css";

interface ToolsProps {
  block: ComponentProps<DataTableProps>;
  table: TableModel;
}

/** Filter, choice of columns, export: each may be left out. */
export function Tools({ block, table }: ToolsProps) {
  const { props, text, enabled } = block;
  const { shown, rows, search, setSearch } = table;
  const none = props.searchable === false && props.exportable === false && props.column_choice === false;
  if (none) return null;
  return (
    <span className={css.tools}>
      {props.searchable !== false ? (
        <label className={css.search}>
          <Icon name="search" size={16} />
          <span className="visually-hidden">{text("filter")}</span>
          <input
            type="search"
            value={search}
            placeholder={text("filter")}
            maxLength={100}
            onChange={(event) => setSearch(event.target.value)}
          />
        </label>
      ) : null}
      <span className={css.count} role="status">
        {text("count", { n: String(shown.length), all: String(rows.length) })}
      </span>
      {props.column_choice !== false ? <Columns block={block} table={table} /> : null}
      {props.exportable !== false ? (
        <Button
          look="quiet"
          square
          disabled={!enabled}
          title={text("export")}
          aria-label={text("export")}
          onClick={() => offer(block, table.csv(), shown.length)}
        >
          <Icon name="download" size={16} />
        </Button>
      ) : null}
    </span>
  );
}

function Columns({ block, table }: ToolsProps) {
  const { columns, hidden, setHidden } = table;
  const toggle = (field: string) => {
    const next = new Set(hidden);
    if (!next.delete(field)) next.add(field);
    if (next.size < columns.length) setHidden(next);
  };
  return (
    <details className={css.choice}>
      <summary title={block.text("columns")} aria-label={block.text("columns")}>
        <Icon name="columns" size={16} />
      </summary>
      <span className={css.menu}>
        {columns.map((column) => (
          <label key={column.field}>
            <input
              type="checkbox"
              checked={!hidden.has(column.field)}
              onChange={() => toggle(column.field)}
            />
            <span className="truncate">{column.name}</span>
          </label>
        ))}
      </span>
    </details>
  );
}

/** An action of the document takes the rows; without one they are offered as a file. */
function offer(block: ComponentProps<DataTableProps>, csv: string, rows: number): void {
  if (block.emit("export", { csv, rows }) || block.mode !== "run") return;
  const address = URL.createObjectURL(new Blob([csv], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "table.csv";
  link.click();
  URL.revokeObjectURL(address);
}
