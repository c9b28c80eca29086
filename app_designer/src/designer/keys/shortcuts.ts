import type { DesignerStore } from "../model/contract";

export type Arrow = "left" | "right" | "up" | "down";

export type Shortcut =
  | { kind: "command"; ids: readonly string[]; always?: boolean }
  | { kind: "undo" | "redo" | "save" | "find" | "menu" }
  | { kind: "zoom"; run: (store: DesignerStore) => void }
  | { kind: "nudge"; arrow: Arrow; resize: boolean; far: boolean }
  | { kind: "neighbour"; arrow: Arrow }
  | { kind: "into"; way: "in" | "out" | "first" | "last" };

const ARROWS: Readonly<Record<string, Arrow>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

type Keys = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const zoomBy = (factor: number) => (store: DesignerStore) => store.setZoom(store.getState().zoom * factor);

function withControl(key: string, shift: boolean): Shortcut | null {
  if (key === "z") return { kind: shift ? "redo" : "undo" };
  if (key === "y") return { kind: "redo" };
  if (key === "s") return { kind: "save" };
  if (key === "k") return { kind: "find" };
  if (key === "=" || key === "+") return { kind: "zoom", run: zoomBy(1.25) };
  if (key === "-") return { kind: "zoom", run: zoomBy(0.8) };
  if (key === "0") return { kind: "zoom", run: (store) => store.setZoom(1) };
  if (key === "1") return { kind: "zoom", run: () => dispatchEvent(new CustomEvent("designer-zoom-fit")) };
  return null;
}

function controlledCommand(key: string, shift: boolean): Shortcut | null {
  if (key === "d") return { kind: "command", ids: ["duplicate"], always: true };
  if (key === "a") return { kind: "command", ids: ["select_all"], always: true };
  if (key === "g") return { kind: "command", ids: [shift ? "ungroup" : "group"], always: true };
  if (key === "l") return { kind: "command", ids: ["lock", "unlock"], always: true };
  if (key === "]") return { kind: "command", ids: ["front"] };
  if (key === "[") return { kind: "command", ids: ["back"] };
  return null;
}

/** What a key means; copy, cut and paste come as events of the clipboard. */
export function shortcutOf(event: Keys, onCanvas: boolean): Shortcut | null {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = event.ctrlKey || event.metaKey;
  const arrow = ARROWS[key];
  if (control && !arrow) {
    return withControl(key, event.shiftKey) ?? (onCanvas ? controlledCommand(key, event.shiftKey) : null);
  }
  if (!onCanvas) return null;
  if (arrow && event.altKey) return { kind: "neighbour", arrow };
  if (arrow) return { kind: "nudge", arrow, resize: event.shiftKey, far: control };
  if (key === "Delete" || key === "Backspace") return { kind: "command", ids: ["delete"] };
  if (key === "Enter") return { kind: "into", way: "in" };
  if (key === "Escape") return { kind: "into", way: "out" };
  if (key === "Home") return { kind: "into", way: "first" };
  if (key === "End") return { kind: "into", way: "last" };
  if (key === "ContextMenu" || (key === "F10" && event.shiftKey)) return { kind: "menu" };
  if (key === "p" && !event.altKey) return { kind: "command", ids: ["pipes"] };
  if (key === "r" && !event.altKey) return { kind: "command", ids: ["rotate"] };
  return null;
}
