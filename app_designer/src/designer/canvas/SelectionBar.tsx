import { Icon } from "@sdk";
import { Glyph } from "../frame/Glyph";
import { useTexts } from "../i18n/texts";
import { COMMANDS, type Command } from "../keys/commands";
import { elementsOf } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import type { MenuAt } from "./ContextMenu";
import css from "./tools.module.css";
import { useCommandContext } from "./use_commands";

const SHOWN = new Set(["duplicate", "delete", "lock", "unlock", "group", "front", "back", "hide", "show"]);

/** The commonest actions within reach of a finger, and what works with several elements. */
export function SelectionBar({ openMenu }: { openMenu: (at: MenuAt) => void }) {
  const text = useTexts();
  const context = useCommandContext();
  const count = useDesigner((state) => state.selection.length);
  const state = useDesigner((whole) => (whole.selection.length > 0 ? whole : null));
  if (!state) return null;
  const elements = elementsOf(state.draft, state.canvas);
  const isLocked = state.selection.some((id) => elements[id]?.locked);
  const leave = (event: React.KeyboardEvent) => {
    const [first] = state.selection;
    if (event.key !== "Escape" || !first) return;
    // Esc leaves the bar, not the selection: that is what it does on the canvas, where the focus goes now.
    event.preventDefault();
    document.querySelector<HTMLElement>(`[data-canvas] [data-element="${CSS.escape(first)}"]`)?.focus();
  };
  const commands = COMMANDS.filter(
    (command) => (SHOWN.has(command.id) || command.section === "align") && command.enabled(state),
  );
  const button = (command: Command) => (
    <button
      key={command.id}
      type="button"
      title={command.keys ? `${text(command.label)} (${command.keys})` : text(command.label)}
      aria-label={text(command.label)}
      onClick={() => command.run(context)}
    >
      {command.id === "lock" ? (
        <Icon name="lock" size={18} />
      ) : command.id === "show" ? (
        <Icon name="eye" size={18} />
      ) : (
        <Glyph name={command.glyph ?? "more"} />
      )}
    </button>
  );
  return (
    <div
      className={css.selectionBar}
      role="toolbar"
      aria-label={text("canvas.menu")}
      data-ui="true"
      onKeyDown={leave}
    >
      {isLocked ? (
        <span className={css.locked}>
          <Icon name="lock" size={14} />
          {text("canvas.locked")}
        </span>
      ) : null}
      {count > 1 ? <span>{text("canvas.chosen", { count: String(count) })}</span> : null}
      {commands.map(button)}
      <button
        type="button"
        title={text("canvas.menu")}
        aria-label={text("canvas.menu")}
        aria-haspopup="menu"
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          openMenu({ x: box.left, y: box.top });
        }}
      >
        <Glyph name="more" />
      </button>
    </div>
  );
}
