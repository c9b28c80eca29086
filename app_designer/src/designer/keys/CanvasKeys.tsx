import { useEffect } from "react";
import type { MenuAt } from "../canvas/ContextMenu";
import type { CanvasGestures } from "../canvas/gestures";
import { nodesOf } from "../canvas/hit";
import { useCommandContext } from "../canvas/use_commands";
import { copyText, pasteText, removeSelection } from "../clipboard/actions";
import { useWorkbench } from "../frame/workbench";
import { useDesigner } from "../model/hooks";
import { selectionText } from "./announce";
import { commandOf, sayPasted } from "./commands";
import { neighbour, nudge, stepInto } from "./moves";
import { shortcutOf } from "./shortcuts";

interface CanvasKeysProps {
  viewport: React.RefObject<HTMLDivElement | null>;
  gestures: CanvasGestures;
  openMenu: (at: MenuAt) => void;
}

/** Whether keys belong to a field the person types into. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.matches("input, textarea, select, [role=textbox], [role=combobox]")
  );
}

const isOnCanvas = (viewport: HTMLElement | null): boolean => {
  const { activeElement } = document;
  return (
    activeElement === document.body || activeElement === null || Boolean(viewport?.contains(activeElement))
  );
};

/** Keys of the designer: those of commands everywhere but in fields, arrows only on the canvas. */
export function CanvasKeys({ viewport, gestures, openMenu }: CanvasKeysProps) {
  const context = useCommandContext();
  const { store } = context;
  const bench = useWorkbench();
  useFocusFollows(viewport, gestures);
  useSpoken();
  useEffect(() => {
    const down = (event: KeyboardEvent) => {
      if (event.defaultPrevented || bench.overlay) return;
      if (isTyping(event.target) || gestures.busy) return;
      const onCanvas = isOnCanvas(viewport.current);
      if (event.key === " " && onCanvas) gestures.space = true;
      const shortcut = shortcutOf(event, onCanvas);
      if (!shortcut) return;
      const done = perform(shortcut);
      if (done) event.preventDefault();
    };
    const perform = (shortcut: NonNullable<ReturnType<typeof shortcutOf>>): boolean => {
      const state = store.getState();
      if (shortcut.kind === "command") {
        const command = shortcut.ids.map(commandOf).find((found) => found?.enabled(state));
        command?.run(context);
        return command !== undefined || shortcut.always === true;
      }
      if (shortcut.kind === "undo") store.undo();
      else if (shortcut.kind === "redo") store.redo();
      else if (shortcut.kind === "save") void store.flush().catch(() => undefined);
      else if (shortcut.kind === "find") bench.showLeft("blocks");
      else if (shortcut.kind === "zoom") shortcut.run(store);
      else if (shortcut.kind === "menu") return menuAtSelection();
      else if (shortcut.kind === "nudge") return nudge(context, shortcut);
      else if (shortcut.kind === "neighbour") return neighbour(store, viewport.current, shortcut);
      else if (shortcut.kind === "into") return stepInto(store, shortcut.way);
      return true;
    };
    const menuAtSelection = () => {
      const [first] = store.getState().selection;
      const box =
        first && viewport.current ? nodesOf(viewport.current, first)[0]?.getBoundingClientRect() : undefined;
      const rect = box ?? viewport.current?.getBoundingClientRect();
      if (rect) openMenu({ x: rect.left + 24, y: rect.top + 24 });
      return true;
    };
    const up = (event: KeyboardEvent) => {
      if (event.key === " ") gestures.space = false;
    };
    addEventListener("keydown", down);
    addEventListener("keyup", up);
    return () => {
      removeEventListener("keydown", down);
      removeEventListener("keyup", up);
    };
  }, [context, store, bench, viewport, gestures, openMenu]);
  useClipboard(viewport);
  return null;
}

/** When the selection changes by keys, the focus goes with it, as long as it is on the canvas. */
function useFocusFollows(viewport: React.RefObject<HTMLDivElement | null>, gestures: CanvasGestures): void {
  const first = useDesigner((state) => state.selection[0]);
  useEffect(() => {
    const root = viewport.current;
    if (!root || !first || gestures.busy || !isOnCanvas(root)) return;
    const [node] = nodesOf(root, first);
    if (!node || node.contains(document.activeElement)) return;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [first, viewport, gestures]);
}

function useSpoken(): void {
  const { text } = useCommandContext();
  const { announce } = useWorkbench();
  const spoken = useDesigner((state) => selectionText(state, text));
  useEffect(() => {
    if (spoken) announce(spoken);
  }, [spoken, announce]);
}

/** Copy, cut and paste as the browser reports them: no permission is needed, other windows and apps can take it. */
function useClipboard(viewport: React.RefObject<HTMLDivElement | null>): void {
  const { store, text, announce } = useCommandContext();
  const bench = useWorkbench();
  useEffect(() => {
    const mine = (event: ClipboardEvent) =>
      !isTyping(event.target) && isOnCanvas(viewport.current) && !bench.overlay;
    const copy = (event: ClipboardEvent) => {
      const copied = mine(event) ? copyText(store) : null;
      if (copied === null) return;
      event.preventDefault();
      event.clipboardData?.setData("text/plain", copied);
      if (event.type === "cut") removeSelection(store, text("cmd.cut"));
      announce(text("say.copied"));
    };
    const paste = (event: ClipboardEvent) => {
      if (!mine(event)) return;
      event.preventDefault();
      const given = event.clipboardData?.getData("text/plain") ?? "";
      sayPasted(pasteText(store, given, text("cmd.paste")), text, announce);
    };
    document.addEventListener("copy", copy);
    document.addEventListener("cut", copy);
    document.addEventListener("paste", paste);
    return () => {
      document.removeEventListener("copy", copy);
      document.removeEventListener("cut", copy);
      document.removeEventListener("paste", paste);
    };
  }, [store, text, announce, viewport, bench.overlay]);
}
