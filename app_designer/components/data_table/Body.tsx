import {
  type ComponentProps,
  formatDuration,
  formatNumber,
  Icon,
  QualityMark,
  type Signal,
  shownUnitOf,
  signalName,
  useFormatter,
  useLocale,
  useOpenDetail,
  useServerNow,
  useSignal,
  useSize,
  useUnitWishes,
} from "@sdk";
import { type CSSProperties, useState } from "react";
import type { TableModel } from "./model";
import type { DataTableProps, Row } from "./sources";
import { type Cell, visibleRows } from "./table";
import css from "./View.module.css";

const ROW_PX = 44;
/** Before the size is known, and where there is none, a page of rows is drawn. */
const HEIGHT_UNKNOWN = 480;

interface BodyProps {
  block: ComponentProps<DataTableProps>;
  table: TableModel;
}

/** The rows in view of however many there are; the rest is room. */
export function Body({ block, table }: BodyProps) {
  const { shown, columns, hidden } = table;
  const { ref, height } = useSize<HTMLDivElement>();
  const [top, setTop] = useState(0);
  const visible = columns.flatMap((column, place) =>
    hidden.has(column.field) ? [] : [{ ...column, place }],
  );
  const { first, last } = visibleRows(top, height || HEIGHT_UNKNOWN, ROW_PX, shown.length);
  const total = visible.reduce((sum, column) => sum + column.width, 0);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a scrolled part is no section of the page.
    <div
      ref={ref}
      className={css.scroll}
      role="group"
      tabIndex={0}
      aria-label={block.text("filter")}
      onScroll={(event) => setTop(event.currentTarget.scrollTop)}
    >
      <table className={css.table} aria-rowcount={shown.length + 1}>
        <colgroup>
          {visible.map((column) => (
            <col key={column.field} style={{ width: `${(column.width / total) * 100}%` }} />
          ))}
        </colgroup>
        <Head block={block} table={table} visible={visible} />
        <tbody>
          <Room height={first * ROW_PX} columns={visible.length} />
          {shown.slice(first, last).map((row, index) => (
            <tr key={row.key} aria-rowindex={first + index + 2} className={css.row}>
              {visible.map((column) => (
                <td key={column.field} data-align={column.align}>
                  <Content row={row} column={column} index={first + index} block={block} />
                </td>
              ))}
            </tr>
          ))}
          <Room height={(shown.length - last) * ROW_PX} columns={visible.length} />
        </tbody>
      </table>
    </div>
  );
}

type Visible = TableModel["columns"][number] & { place: number };

function Room({ height, columns }: { height: number; columns: number }) {
  if (height <= 0) return null;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: room without content, which takes no focus.
    <tr aria-hidden="true">
      <td className={css.room} colSpan={columns} style={{ "--room": `${height}px` } as CSSProperties} />
    </tr>
  );
}

function Head({ block, table, visible }: BodyProps & { visible: readonly Visible[] }) {
  const { sort, setSort } = table;
  const next = (place: number) => {
    if (sort?.place !== place) setSort({ place, direction: "ascending" });
    else if (sort.direction === "ascending") setSort({ place, direction: "descending" });
    else setSort(null);
  };
  return (
    <thead>
      <tr>
        {visible.map(({ field, name, place, align }) => {
          const own = sort?.place === place ? sort.direction : null;
          return (
            <th key={field} scope="col" data-align={align} aria-sort={own ?? "none"}>
              <button type="button" title={block.text("sort", { name })} onClick={() => next(place)}>
                <span className="truncate">{name}</span>
                {own ? <Icon name={own === "ascending" ? "up" : "down"} size={14} /> : null}
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

interface ContentProps {
  row: Row;
  column: Visible;
  index: number;
  block: ComponentProps<DataTableProps>;
}

function Content({ row, column, index, block }: ContentProps) {
  const { language, t } = useLocale();
  const open = useOpenDetail();
  if (row.signal && column.field === "name") {
    const name = signalName(row.signal, language);
    const id = row.signal.tag?.id;
    const press = () => {
      if (!block.emit("select", { index, name }) && id !== undefined) open(id);
    };
    return (
      <button
        type="button"
        className={`${css.name} truncate`}
        title={name}
        disabled={!block.enabled}
        onClick={press}
      >
        {name}
      </button>
    );
  }
  if (row.signal) return <LiveCell signal={row.signal} field={column.field} />;
  const text = written(row.cells?.[column.place] ?? null, language, t("common.yes"), t("common.no"));
  return (
    <span className={`${css.cell} truncate`} title={text}>
      {text}
    </span>
  );
}

function written(cell: Cell, language: string, yes: string, no: string): string {
  if (cell === null) return "";
  if (typeof cell === "boolean") return cell ? yes : no;
  return typeof cell === "number" ? formatNumber(cell, null, language) : cell;
}

function LiveCell({ signal, field }: { signal: Signal; field: string }) {
  const { t } = useLocale();
  const { sample, value, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const wishes = useUnitWishes();
  const now = useServerNow(field === "age" ? 1000 : 0);
  if (field === "quality") return <QualityMark assessment={assessment} sample={sample} always />;
  if (field === "asset")
    return <span className={`${css.cell} truncate`}>{signal.assetName ?? signal.asset}</span>;
  if (field === "unit") return <span className={css.cell}>{shownUnitOf(signal, wishes)}</span>;
  if (field === "age")
    return <span className={css.age}>{sample?.ts ? formatDuration(now - sample.ts, t) : "—"}</span>;
  return (
    <span
      className={`${css.cell} ${css.value} truncate`}
      data-current={assessment.current}
      title={shown.text}
    >
      {shown.text}
      {value !== null && shown.unit ? <span className={css.unit}> {shown.unit}</span> : null}
    </span>
  );
}
