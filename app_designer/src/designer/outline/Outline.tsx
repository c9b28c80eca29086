import { blocks } from "@runtime/registry";
import { Icon, Notice, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { isIcon } from "@sdk/ui/Icon";
import { useMemo, useRef, useState } from "react";
import { isHiddenAt, setHidden } from "../canvas/breakpoints";
import { nameOf } from "../canvas/ElementBox";
import { removeSelection } from "../clipboard/actions";
import { Glyph } from "../frame/Glyph";
import { useTexts } from "../i18n/texts";
import { elementsOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { lock, rename } from "../model/operations";
import { useManifests } from "../palette/entries";
import css from "./outline.module.css";
import { moveInTree, type Row, rowsOf } from "./tree";
import { useTreeDrag } from "./tree_drag";

/** The elements of the page as a tree: found by name, renamed, moved, locked and hidden. */
export default function Outline() {
  const text = useTexts();
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const rows = useRows(query, closed);
  const total = useDesigner((state) => Object.keys(elementsOf(state.draft, state.canvas)).length);
  const toggle = (id: string) => {
    const next = new Set(closed);
    if (!next.delete(id)) next.add(id);
    setClosed(next);
  };
  return (
    <div className={css.outline}>
      <label className={css.search}>
        <Icon name="search" size={16} />
        <span className="visually-hidden">{text("outline.search")}</span>
        <input
          type="search"
          placeholder={text("outline.search")}
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </label>
      {total === 0 ? (
        <Notice icon="apps" title={text("outline.empty")} hint={text("canvas.empty_hint")} />
      ) : null}
      {total > 0 && rows.length === 0 ? (
        <Notice icon="question" title={text("outline.none", { query })} />
      ) : null}
      {rows.length > 0 ? <Tree rows={rows} toggle={toggle} closed={closed} /> : null}
      <p className={css.hint}>{text("outline.hint")}</p>
    </div>
  );
}

function useRows(query: string, closed: ReadonlySet<string>): readonly Row[] {
  const { language } = useLocale();
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  return useMemo(() => {
    const elements = elementsOf(draft, canvas);
    const nameFor = (id: string) => {
      const element = elements[id];
      if (!element) return "";
      const composite = element.type.startsWith("composite.")
        ? draft.blocks[`${element.type.slice(10)}.${element.props_version}`]?.name
        : undefined;
      return nameOf(
        element,
        language,
        localText(composite ?? blocks.get(element.type)?.manifest.name, language),
      );
    };
    return rowsOf(draft, canvas, nameFor, query, closed);
  }, [draft, canvas, language, query, closed]);
}

interface TreeProps {
  rows: readonly Row[];
  closed: ReadonlySet<string>;
  toggle: (id: string) => void;
}

function Tree({ rows, closed, toggle }: TreeProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const tree = useRef<HTMLDivElement>(null);
  const [renaming, setRenaming] = useState<string | null>(null);
  const [first] = useDesigner((state) => state.selection);
  const drag = useTreeDrag(tree, text("canvas.moved"));
  const active = rows.some((row) => row.id === first) ? first : rows[0]?.id;
  const focus = (id: string | undefined) => {
    if (!id) return;
    store.select([id]);
    requestAnimationFrame(() => tree.current?.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus());
  };
  const keys = (event: React.KeyboardEvent, row: Row) => {
    const index = rows.indexOf(row);
    const handled = treeKey(event, row, {
      up: () => focus(rows[index - 1]?.id),
      down: () => focus(rows[index + 1]?.id),
      close: () => (row.holds && !closed.has(row.id) ? toggle(row.id) : focus(row.parent ?? undefined)),
      open: () =>
        row.holds && closed.has(row.id) ? toggle(row.id) : row.holds ? focus(rows[index + 1]?.id) : undefined,
      rename: () => setRenaming(row.id),
      remove: () => removeSelection(store, text("cmd.delete")),
      move: (way) => {
        const changes = moveInTree(store.getState(), row.id, way);
        if (changes.length > 0) store.change(text("cmd.reorder"), changes, { select: [row.id] });
        focus(row.id);
      },
    });
    if (handled) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div
      className={css.tree}
      role="tree"
      aria-label={text("outline.tree")}
      aria-multiselectable="true"
      ref={tree}
      {...drag}
    >
      {rows.map((row) => (
        <TreeRow
          key={row.id}
          row={row}
          open={!closed.has(row.id)}
          tabbable={row.id === active}
          renaming={renaming === row.id}
          toggle={() => toggle(row.id)}
          rename={(on) => {
            setRenaming(on ? row.id : null);
            if (!on) focus(row.id);
          }}
          onKeyDown={(event) => keys(event, row)}
        />
      ))}
    </div>
  );
}

interface TreeActions {
  up: () => void;
  down: () => void;
  close: () => void;
  open: () => void;
  rename: () => void;
  remove: () => void;
  move: (way: "up" | "down" | "in" | "out") => void;
}

function treeKey(event: React.KeyboardEvent, _row: Row, actions: TreeActions): boolean {
  if (event.target instanceof HTMLInputElement) return false;
  const moves = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" } as const;
  const way = moves[event.key as keyof typeof moves];
  if (event.altKey && way) actions.move(way);
  else if (event.key === "ArrowUp") actions.up();
  else if (event.key === "ArrowDown") actions.down();
  else if (event.key === "ArrowLeft") actions.close();
  else if (event.key === "ArrowRight") actions.open();
  else if (event.key === "F2") actions.rename();
  else if (event.key === "Delete" || event.key === "Backspace") actions.remove();
  else return false;
  return true;
}

interface RowProps {
  row: Row;
  open: boolean;
  tabbable: boolean;
  renaming: boolean;
  toggle: () => void;
  rename: (on: boolean) => void;
  onKeyDown: (event: React.KeyboardEvent) => void;
}

function TreeRow({ row, open, tabbable, renaming, toggle, rename: setRenaming, onKeyDown }: RowProps) {
  const text = useTexts();
  const store = useDesignerStore();
  const manifests = useManifests();
  const selected = useDesigner((state) => state.selection.includes(row.id));
  const icon = manifests?.find((manifest) => manifest.id === row.type)?.meta.icon;
  const choose = (event: React.MouseEvent) => {
    const now = store.getState().selection;
    if (!event.ctrlKey && !event.metaKey && !event.shiftKey) store.select([row.id]);
    else store.select(selected ? now.filter((id) => id !== row.id) : [...now, row.id]);
  };
  return (
    <div
      className={css.row}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-selected={selected}
      aria-expanded={row.holds ? open : undefined}
      tabIndex={tabbable ? 0 : -1}
      data-row={row.id}
      style={{ paddingInlineStart: 8 + row.depth * 16 }}
      onClick={choose}
      onDoubleClick={() => setRenaming(true)}
      onKeyDown={onKeyDown}
    >
      <button
        type="button"
        tabIndex={-1}
        className={css.twist}
        data-open={open}
        data-none={!row.holds}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          toggle();
        }}
      >
        {row.holds ? <Icon name="chevron" size={14} /> : null}
      </button>
      {row.type.startsWith("composite.") ? (
        <Glyph name="block" size={16} />
      ) : (
        <Icon name={isIcon(icon) ? icon : "apps"} size={16} />
      )}
      {renaming ? (
        <NameField row={row} done={() => setRenaming(false)} />
      ) : (
        <span className="truncate">{row.name}</span>
      )}
      <Marks
        row={row}
        labels={{ lock: text("cmd.lock"), unlock: text("cmd.unlock"), show: text("cmd.show") }}
      />
    </div>
  );
}

function NameField({ row, done }: { row: Row; done: () => void }) {
  const text = useTexts();
  const store = useDesignerStore();
  const commit = (value: string) => {
    const { draft, canvas } = store.getState();
    store.change(text("cmd.rename"), rename({ draft, canvas }, row.id, value));
    done();
  };
  return (
    <input
      className={css.name}
      aria-label={text("outline.rename")}
      defaultValue={row.name}
      maxLength={80}
      ref={(node) => {
        if (node && document.activeElement !== node) {
          node.focus();
          node.select();
        }
      }}
      onBlur={(event) => commit(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") done();
      }}
    />
  );
}

/** Whether it is locked or hidden, and how to change that. */
function Marks({ row, labels }: { row: Row; labels: { lock: string; unlock: string; show: string } }) {
  const store = useDesignerStore();
  const hidden = useDesigner((state) => isHiddenAt(state, row.id));
  const toggleLock = (event: React.MouseEvent) => {
    event.stopPropagation();
    const { draft, canvas } = store.getState();
    store.change(row.locked ? labels.unlock : labels.lock, lock({ draft, canvas }, [row.id], !row.locked));
  };
  const show = (event: React.MouseEvent) => {
    event.stopPropagation();
    store.change(labels.show, setHidden(store.getState(), [row.id], false));
  };
  return (
    <span className={css.marks}>
      {hidden ? (
        <button
          type="button"
          tabIndex={-1}
          aria-label={labels.show}
          title={labels.show}
          data-on="true"
          onClick={show}
        >
          <Glyph name="hidden" size={15} />
        </button>
      ) : null}
      <button
        type="button"
        tabIndex={-1}
        aria-label={row.locked ? labels.unlock : labels.lock}
        title={row.locked ? labels.unlock : labels.lock}
        data-on={row.locked}
        onClick={toggleLock}
      >
        {row.locked ? <Icon name="lock" size={15} /> : <Glyph name="unlock" size={15} />}
      </button>
    </span>
  );
}
