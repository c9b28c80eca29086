import { Icon, type IconName } from "@sdk";
import { signalOfTag } from "@sdk/bindings/signal";
import { isIcon } from "@sdk/ui/Icon";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { type DragPayload, useDragSource } from "../canvas/drag";
import css from "./pickers.module.css";
import { firstOpen, type PlantIndex, type PlantRow } from "./plant_index";
import { Reading } from "./Reading";
import { usePickerTexts } from "./texts";

export const ROW_PX = 40;
const OVERSCAN = 6;

interface TreeProps {
  label: string;
  rows: readonly PlantRow[];
  active: number;
  id: string;
  onActive: (index: number) => void;
  onToggle: (row: PlantRow) => void;
  onChoose: (row: PlantRow) => void;
  /** Why a row cannot be chosen; null: it can. */
  refusal?: (row: PlantRow) => string | null;
  /** What a row carries when it is dragged onto the canvas. */
  payloadOf?: (row: PlantRow) => DragPayload | null;
  /** What a press on a group's name does beside opening it, as a button at the end of the row. */
  action?: { label: (row: PlantRow) => string | null; run: (row: PlantRow) => void };
}

export const isGroup = (row: PlantRow): boolean =>
  row.kind === "asset" || row.kind === "param" || row.kind === "head";

/** Which rows are in sight; only they are drawn, and only their tags are subscribed. */
function useWindow(box: RefObject<HTMLDivElement | null>, count: number) {
  const [view, setView] = useState({ top: 0, height: 600 });
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(() =>
      setView((old) => ({ ...old, height: element.clientHeight || old.height })),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [box]);
  const first = Math.max(0, Math.floor(view.top / ROW_PX) - OVERSCAN);
  const last = Math.min(count, Math.ceil((view.top + view.height) / ROW_PX) + OVERSCAN);
  const scroll = (top: number) =>
    setView((old) => (Math.abs(old.top - top) < ROW_PX / 2 ? old : { ...old, top }));
  return { first, last, scroll };
}

/** Assets, roles and tags with their live values; any number of them. */
export function PlantTree(props: TreeProps) {
  const { rows, active, id, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const { first, last, scroll } = useWindow(box, rows.length);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const top = active * ROW_PX;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_PX > element.scrollTop + element.clientHeight)
      element.scrollTop = top + ROW_PX - element.clientHeight;
  }, [active]);
  return (
    <div
      ref={box}
      id={id}
      className={css.tree}
      role="tree"
      aria-label={label}
      tabIndex={0}
      aria-activedescendant={rows[active] ? `${id}r${active}` : undefined}
      onScroll={(event) => scroll(event.currentTarget.scrollTop)}
    >
      <div className={css.sheet} style={{ height: rows.length * ROW_PX }}>
        {rows.slice(first, last).map((row, index) => (
          <Row key={row.key} row={row} index={first + index} tree={props} />
        ))}
      </div>
    </div>
  );
}

const KIND_ICONS: Record<PlantRow["kind"], IconName> = {
  param: "target",
  asset: "press",
  type: "apps",
  head: "question",
  role: "value",
  tag: "value",
};

function iconOf(row: PlantRow): IconName {
  if (row.kind === "asset") {
    const level = "level" in row.asset ? String(row.asset.level) : "";
    if (isIcon(level)) return level;
  }
  return KIND_ICONS[row.kind];
}

interface RowProps {
  row: PlantRow;
  index: number;
  tree: TreeProps;
}

const NO_DRAG: DragPayload = { kind: "component", type: "" };

function Row({ row, index, tree }: RowProps) {
  const t = usePickerTexts();
  const refused = tree.refusal?.(row) ?? null;
  const payload = useMemo(() => tree.payloadOf?.(row) ?? null, [tree, row]);
  const drag = useDragSource(payload ?? NO_DRAG, row.label);
  const group = isGroup(row);
  const action = tree.action?.label(row) ?? null;
  const press = () => {
    tree.onActive(index);
    if (group) tree.onToggle(row);
    else if (!refused) tree.onChoose(row);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree takes the keys for its rows.
    <div
      id={`${tree.id}r${index}`}
      className={css.row}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-selected={index === tree.active}
      aria-expanded={group ? (row as { open: boolean }).open : undefined}
      aria-disabled={refused ? true : undefined}
      data-active={index === tree.active}
      data-draggable={payload !== null}
      style={{ top: index * ROW_PX, height: ROW_PX, paddingInlineStart: 8 + row.depth * 16 }}
      title={refused ?? `${row.label}\n${row.hint}`}
      onClick={press}
      {...(payload ? drag : {})}
    >
      {group ? (
        <span className={css.twist} data-open={(row as { open: boolean }).open}>
          <Icon name="chevron" size={14} />
        </span>
      ) : null}
      <span className={css.rowIcon}>
        <Icon name={iconOf(row)} size={16} />
      </span>
      <span className={css.names}>
        <span className="truncate">{row.label}</span>
        {row.hint && row.kind !== "head" ? <span className={`${css.hint} truncate`}>{row.hint}</span> : null}
      </span>
      {row.kind === "head" ? <span className={css.count}>{row.hint}</span> : null}
      {refused ? (
        <span className={`${css.refused} truncate`}>{refused}</span>
      ) : (
        <RowReading row={row} none={t("not_mapped")} />
      )}
      {action ? (
        <button
          type="button"
          className={css.rowAction}
          aria-label={action}
          title={action}
          tabIndex={-1}
          onPointerDown={(event) => event.stopPropagation()}
          onClick={(event) => {
            event.stopPropagation();
            tree.action?.run(row);
          }}
        >
          <Icon name="plus" size={16} />
        </button>
      ) : null}
    </div>
  );
}

function RowReading({ row, none }: { row: PlantRow; none: string }) {
  const tag = row.kind === "role" ? row.at.tag : row.kind === "tag" ? row.tag : null;
  const signal = useMemo(() => (tag ? signalOfTag(tag) : null), [tag]);
  if (signal) return <Reading signal={signal} />;
  return row.kind === "role" ? <span className={css.none}>{none}</span> : null;
}

interface TreeKeys {
  rows: readonly PlantRow[];
  active: number;
  setActive: (index: number) => void;
  toggle: (row: PlantRow) => void;
  choose: (row: PlantRow) => void;
}

/** The keys of a tree and of the search above it: arrows, Home, End, Enter. Returns whether a key was taken. */
export function treeKey(
  event: React.KeyboardEvent,
  { rows, active, setActive, toggle, choose }: TreeKeys,
): boolean {
  const row = rows[active];
  const typing = event.target instanceof HTMLInputElement;
  const open = row && isGroup(row) ? (row as { open: boolean }).open : null;
  const moves: Record<string, () => void> = {
    ArrowDown: () => setActive(Math.min(rows.length - 1, active + 1)),
    ArrowUp: () => setActive(Math.max(0, active - 1)),
    PageDown: () => setActive(Math.min(rows.length - 1, active + 10)),
    PageUp: () => setActive(Math.max(0, active - 10)),
    Enter: () => row && (isGroup(row) ? toggle(row) : choose(row)),
  };
  if (!typing) {
    moves.Home = () => setActive(0);
    moves.End = () => setActive(rows.length - 1);
    moves.ArrowRight = () =>
      row && (open === false ? toggle(row) : setActive(Math.min(rows.length - 1, active + 1)));
    moves.ArrowLeft = () => row && (open === true ? toggle(row) : setActive(parentOf(rows, active)));
  }
  const move = moves[event.key];
  if (!move) return false;
  event.preventDefault();
  move();
  return true;
}

function parentOf(rows: readonly PlantRow[], active: number): number {
  const depth = rows[active]?.depth ?? 0;
  for (let at = active - 1; at >= 0; at -= 1) if ((rows[at]?.depth ?? 0) < depth) return at;
  return active;
}

/** The row that Enter takes: while something is searched the first that can be chosen, not the group around it. */
export function activeRow(
  rows: readonly PlantRow[],
  { active, search }: { active: number; search: string },
): number {
  if (search === "" || active > 0) return Math.min(active, Math.max(0, rows.length - 1));
  const first = rows.findIndex((row) => !isGroup(row));
  return first < 0 ? 0 : first;
}

/** Search, open groups and active row of a tree of this plant. */
export function useTreeState(index: PlantIndex) {
  const [search, setSearchText] = useState("");
  const [changed, setChanged] = useState<ReadonlySet<string> | null>(null);
  const [active, setActive] = useState(0);
  const begun = useMemo(() => firstOpen(index), [index]);
  const open = changed ?? begun;
  const toggle = (row: PlantRow) => {
    const key = row.kind === "param" ? `closed:${row.key}` : row.kind === "asset" ? row.asset.id : row.key;
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setChanged(next);
  };
  const setSearch = (text: string) => {
    setSearchText(text);
    setActive(0);
  };
  return { search, setSearch, open, active, setActive, toggle };
}
