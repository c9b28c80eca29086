import { Icon } from "@sdk";
import { Fragment, useEffect, useLayoutEffect, useRef } from "react";
import { Glyph } from "../frame/Glyph";
import { menuKeys } from "../frame/menu_keys";
import { useTexts } from "../i18n/texts";
import { COMMANDS, type Command } from "../keys/commands";
import { areaOf } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { changeKind } from "../model/operations";
import { editBlock } from "./edit_block";
import css from "./tools.module.css";
import { useCommandContext } from "./use_commands";

export interface MenuAt {
  readonly x: number;
  readonly y: number;
}

const SECTIONS: readonly Command["section"][] = ["edit", "order", "align", "more", "page"];

/** Everything that can be done with what is chosen, at the pointer. */
export function ContextMenu({ at, close }: { at: MenuAt; close: () => void }) {
  const text = useTexts();
  const context = useCommandContext();
  const state = useDesigner((whole) => whole);
  const menu = useMenuPlace(at, close);
  const run = (action: () => void) => {
    close();
    action();
  };
  const groups = SECTIONS.map((section) =>
    COMMANDS.filter((command) => command.section === section && command.enabled(state)),
  ).filter((commands) => commands.length > 0);
  return (
    <div
      className={css.menu}
      ref={menu}
      role="menu"
      aria-label={text("canvas.menu")}
      data-ui="true"
      onKeyDown={menuKeys(close)}
    >
      {groups.map((commands, index) => (
        <Fragment key={commands[0]?.section}>
          {index > 0 ? <hr /> : null}
          {commands.map((command) => (
            <button
              key={command.id}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => run(() => command.run(context))}
            >
              <span className={css.menuSign}>
                {command.glyph ? <Glyph name={command.glyph} size={16} /> : null}
              </span>
              <span>{text(command.label)}</span>
              <kbd>{command.keys ?? ""}</kbd>
            </button>
          ))}
        </Fragment>
      ))}
      <Extras run={run} />
    </div>
  );
}

/** Entries that depend on what is chosen in more ways than a command says. */
function Extras({ run }: { run: (action: () => void) => void }) {
  const text = useTexts();
  const store = useDesignerStore();
  const kind = useDesigner((state) => areaOf(state.draft, state.canvas, "").kind);
  const chosen = useDesigner((state) => elementsOf(state.draft, state.canvas)[state.selection[0] ?? ""]);
  const entries: { label: string; action: () => void }[] = [];
  if (chosen?.type.startsWith("composite.")) {
    const block = chosen.type.slice(10);
    entries.push({
      label: text("cmd.edit_block"),
      action: () => editBlock(store, block, text("cmd.edit_block_step")),
    });
  }
  if (!chosen) {
    const other = kind === "free" ? "grid" : "free";
    const label = text(`cmd.to_${other}`);
    entries.push({
      label,
      action: () => {
        const { draft, canvas } = store.getState();
        store.change(label, changeKind({ draft, canvas }, other));
      },
    });
  }
  return entries.map(({ label, action }) => (
    <button key={label} type="button" role="menuitem" tabIndex={-1} onClick={() => run(action)}>
      <span className={css.menuSign}>
        <Icon name="apps" size={16} />
      </span>
      <span>{label}</span>
      <kbd />
    </button>
  ));
}

/** The menu stays on the screen, has the focus, and goes when one presses beside it. */
function useMenuPlace(at: MenuAt, close: () => void) {
  const menu = useRef<HTMLDivElement>(null);
  const before = useRef(document.activeElement);
  useLayoutEffect(() => {
    const node = menu.current;
    if (!node) return;
    const x = Math.max(4, Math.min(at.x, innerWidth - node.offsetWidth - 4));
    const y = Math.max(4, Math.min(at.y, innerHeight - node.offsetHeight - 4));
    node.style.left = `${x}px`;
    node.style.top = `${y}px`;
    node.querySelector<HTMLElement>("[role=menuitem]")?.focus();
  }, [at]);
  useEffect(() => {
    const last = before.current;
    const outside = (event: PointerEvent) => {
      if (!menu.current?.contains(event.target as Node)) close();
    };
    addEventListener("pointerdown", outside, true);
    return () => {
      removeEventListener("pointerdown", outside, true);
      if (last instanceof HTMLElement && last.isConnected) last.focus({ preventScroll: true });
    };
  }, [close]);
  return menu;
}
