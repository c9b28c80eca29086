import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { isHiddenAt, setHidden } from "../canvas/breakpoints";
import { withGroups } from "../canvas/gestures";
import { pipeDrawing, setPipeTool } from "../canvas/pipes/pipe_drawing";
import { refusalText, sayRefused } from "../canvas/refusal";
import { type Alignment, align, distribute } from "../canvas/snap";
import {
  copySelection,
  duplicateSelection,
  type PasteOutcome,
  pasteClip,
  readClip,
  removeSelection,
} from "../clipboard/actions";
import type { GlyphName } from "../frame/Glyph";
import type { DesignerText } from "../i18n/texts";
import { type AreaKey, areaOf, areaOfElement, childrenOf, hasFreeArea, orderedIds } from "../model/areas";
import { closeGaps } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState, DesignerStore } from "../model/contract";
import { group, lock, placeItems, restack, rotate, ungroup } from "../model/operations";
import { resetOverrides } from "../model/page_operations";

export interface CommandContext {
  readonly store: DesignerStore;
  readonly text: (key: DesignerText, values?: Record<string, string>) => string;
  readonly announce: (text: string) => void;
  readonly makeBlock: () => void;
}

/** Something one can do with what is chosen: by key, menu or button, defined once. */
export interface Command {
  readonly id: string;
  readonly label: DesignerText;
  readonly glyph?: GlyphName;
  /** As it is shown; the key itself is handled by `shortcuts.ts`. */
  readonly keys?: string;
  readonly section: "edit" | "order" | "align" | "page" | "more";
  readonly enabled: (state: DesignerState) => boolean;
  readonly run: (context: CommandContext) => void;
}

const some = (state: DesignerState) => state.selection.length > 0;
const elementsIn = (state: DesignerState) => elementsOf(state.draft, state.canvas);

/** The area all chosen elements are in; null: they are in several. */
export function commonArea(state: DesignerState): AreaKey | null {
  const elements = elementsIn(state);
  const areas = new Set(state.selection.map((id) => areaOfElement(elements[id])));
  const [only] = areas;
  return areas.size === 1 && only !== undefined ? only : null;
}

/** How many chosen elements stand on one free canvas. */
function onFree(state: DesignerState): number {
  const area = commonArea(state);
  if (area === null || state.breakpoint !== "lg") return 0;
  return areaOf(state.draft, state.canvas, area).kind === "free" ? state.selection.length : 0;
}

const locked = (state: DesignerState) => state.selection.every((id) => elementsIn(state)[id]?.locked);

function chosenItems(state: DesignerState): Record<string, FreeItem> {
  const { items } = areaOf(state.draft, state.canvas, commonArea(state) ?? "");
  const found: Record<string, FreeItem> = {};
  for (const id of state.selection) {
    const item = items[id];
    if (item && !elementsIn(state)[id]?.locked) found[id] = item as FreeItem;
  }
  return found;
}

function place(context: CommandContext, label: DesignerText, items: Record<string, FreeItem>): void {
  const { store, text } = context;
  const { draft, canvas } = store.getState();
  store.change(text(label), placeItems({ draft, canvas }, commonArea(store.getState()) ?? "", items));
}

/** Says what became of a paste, where it did not simply happen. */
export function sayPasted(
  outcome: PasteOutcome,
  text: CommandContext["text"],
  announce: CommandContext["announce"],
): void {
  if (outcome === "nothing") announce(text("say.nothing_to_paste"));
  else if (outcome !== "done") sayRefused(refusalText(outcome));
}

const EDIT: readonly Command[] = [
  {
    id: "cut",
    label: "cmd.cut",
    glyph: "cut",
    keys: "Ctrl+X",
    section: "edit",
    enabled: some,
    run: ({ store, text }) => void copySelection(store).then(() => removeSelection(store, text("cmd.cut"))),
  },
  {
    id: "copy",
    label: "cmd.copy",
    glyph: "copy",
    keys: "Ctrl+C",
    section: "edit",
    enabled: some,
    run: ({ store, announce, text }) => void copySelection(store).then(() => announce(text("say.copied"))),
  },
  {
    id: "paste",
    label: "cmd.paste",
    keys: "Ctrl+V",
    section: "edit",
    enabled: () => true,
    run: ({ store, text, announce }) =>
      void readClip().then((clip) => {
        sayPasted(pasteClip(store, clip, text("cmd.paste")), text, announce);
      }),
  },
  {
    id: "duplicate",
    label: "cmd.duplicate",
    glyph: "copy",
    keys: "Ctrl+D",
    section: "edit",
    enabled: some,
    run: ({ store, text }) => {
      const refusal = duplicateSelection(store, text("cmd.duplicate"));
      if (refusal) sayRefused(refusalText(refusal));
    },
  },
  {
    id: "delete",
    label: "cmd.delete",
    glyph: "trash",
    keys: "Delete",
    section: "edit",
    enabled: some,
    run: ({ store, text, announce }) => {
      removeSelection(store, text("cmd.delete"));
      announce(text("say.deleted"));
    },
  },
];

const ORDER: readonly Command[] = [
  {
    id: "lock",
    label: "cmd.lock",
    glyph: "unlock",
    keys: "Ctrl+L",
    section: "order",
    enabled: (state) => some(state) && !locked(state),
    run: ({ store, text }) => {
      const { draft, canvas, selection } = store.getState();
      store.change(text("cmd.lock"), lock({ draft, canvas }, selection, true));
    },
  },
  {
    id: "unlock",
    label: "cmd.unlock",
    glyph: "unlock",
    keys: "Ctrl+L",
    section: "order",
    enabled: (state) => some(state) && locked(state),
    run: ({ store, text }) => {
      const { draft, canvas, selection } = store.getState();
      store.change(text("cmd.unlock"), lock({ draft, canvas }, selection, false));
    },
  },
  {
    id: "group",
    label: "cmd.group",
    glyph: "group",
    keys: "Ctrl+G",
    section: "order",
    enabled: (state) => state.selection.length > 1 && commonArea(state) !== null,
    run: ({ store, text }) => {
      const { draft, canvas, selection } = store.getState();
      store.change(text("cmd.group"), group({ draft, canvas }, selection));
    },
  },
  {
    id: "ungroup",
    label: "cmd.ungroup",
    keys: "Ctrl+Shift+G",
    section: "order",
    enabled: (state) => state.selection.some((id) => elementsIn(state)[id]?.group),
    run: ({ store, text }) => {
      const { draft, canvas, selection } = store.getState();
      store.change(text("cmd.ungroup"), ungroup({ draft, canvas }, withGroups(store, selection)));
    },
  },
  ...(["front", "back"] as const).map(
    (to): Command => ({
      id: to,
      label: `cmd.${to}`,
      glyph: to,
      keys: to === "front" ? "Ctrl+]" : "Ctrl+[",
      section: "order",
      enabled: (state) => onFree(state) > 0,
      run: ({ store, text }) => {
        const { draft, canvas, selection } = store.getState();
        store.change(
          text(`cmd.${to}`),
          restack({ draft, canvas }, commonArea(store.getState()) ?? "", selection, to),
        );
      },
    }),
  ),
  {
    id: "rotate",
    label: "cmd.rotate",
    glyph: "rotate",
    keys: "R",
    section: "order",
    enabled: (state) => onFree(state) > 0,
    run: ({ store, text }) => {
      const { draft, canvas, selection } = store.getState();
      store.change(
        text("cmd.rotate"),
        rotate({ draft, canvas }, commonArea(store.getState()) ?? "", selection, 90),
      );
    },
  },
];

const ALIGN: readonly Command[] = [
  ...(["left", "center", "right", "top", "middle", "bottom"] as const).map(
    (how: Alignment): Command => ({
      id: `align_${how}`,
      label: `cmd.align_${how}`,
      glyph: `align_${how}`,
      section: "align",
      enabled: (state) => onFree(state) > 1,
      run: (context) => place(context, `cmd.align_${how}`, align(chosenItems(context.store.getState()), how)),
    }),
  ),
  ...(["x", "y"] as const).map(
    (axis): Command => ({
      id: `spread_${axis}`,
      label: `cmd.spread_${axis}`,
      glyph: `spread_${axis}`,
      section: "align",
      enabled: (state) => onFree(state) > 2,
      run: (context) =>
        place(context, `cmd.spread_${axis}`, distribute(chosenItems(context.store.getState()), axis)),
    }),
  ),
];

const MORE: readonly Command[] = [
  {
    id: "parent",
    label: "cmd.parent",
    keys: "Esc",
    section: "more",
    enabled: (state) => state.selection.some((id) => elementsIn(state)[id]?.parent),
    run: ({ store }) => {
      const state = store.getState();
      const parent = elementsIn(state)[state.selection[0] ?? ""]?.parent;
      if (parent) store.select([parent.id]);
    },
  },
  {
    id: "child",
    label: "cmd.child",
    keys: "Enter",
    section: "more",
    enabled: (state) =>
      state.selection.length === 1 && childrenOf(elementsIn(state), state.selection[0] ?? "").length > 0,
    run: ({ store }) => {
      const state = store.getState();
      const [first] = childrenOf(elementsIn(state), state.selection[0] ?? "");
      if (first) store.select([first]);
    },
  },
  {
    id: "hide",
    label: "cmd.hide",
    glyph: "hidden",
    section: "more",
    enabled: (state) =>
      some(state) && state.breakpoint !== "lg" && !state.selection.every((id) => isHiddenAt(state, id)),
    run: ({ store, text }) =>
      store.change(text("cmd.hide"), setHidden(store.getState(), store.getState().selection, true)),
  },
  {
    id: "show",
    label: "cmd.show",
    glyph: "hidden",
    section: "more",
    enabled: (state) => state.selection.some((id) => isHiddenAt(state, id)),
    run: ({ store, text }) =>
      store.change(text("cmd.show"), setHidden(store.getState(), store.getState().selection, false)),
  },
  {
    id: "make_block",
    label: "cmd.make_block",
    glyph: "block",
    section: "more",
    enabled: (state) => some(state) && commonArea(state) !== null,
    run: ({ makeBlock }) => makeBlock(),
  },
];

const PAGE: readonly Command[] = [
  {
    id: "select_all",
    label: "cmd.select_all",
    keys: "Ctrl+A",
    section: "page",
    enabled: () => true,
    run: ({ store }) => {
      const state = store.getState();
      store.select(orderedIds(areaOf(state.draft, state.canvas, commonArea(state) ?? "")));
    },
  },
  {
    id: "pipes",
    label: "pipes.tool",
    keys: "P",
    section: "page",
    enabled: (state) => state.breakpoint !== "sm" && hasFreeArea(state.draft, state.canvas),
    run: ({ store }) => {
      // The handles of what is chosen would lie over the points.
      store.select([]);
      setPipeTool(!pipeDrawing().tool);
    },
  },
  {
    id: "close_gaps",
    label: "cmd.close_gaps",
    section: "page",
    enabled: (state) => state.breakpoint === "lg" && areaOf(state.draft, state.canvas, "").kind === "grid",
    run: ({ store, text }) => {
      const { draft, canvas } = store.getState();
      const items = areaOf(draft, canvas, "").items as Record<string, GridItem>;
      store.change(text("cmd.close_gaps"), placeItems({ draft, canvas }, "", closeGaps(items)));
    },
  },
  {
    id: "reset_size",
    label: "cmd.reset_size",
    glyph: "reset",
    section: "page",
    enabled: (state) =>
      state.breakpoint !== "lg" && Boolean(state.draft.pages[state.canvas]?.layout[state.breakpoint]),
    run: ({ store, text }) => {
      const { draft, canvas, breakpoint } = store.getState();
      if (breakpoint !== "lg")
        store.change(text("cmd.reset_size"), resetOverrides({ draft, canvas }, breakpoint));
    },
  },
];

export const COMMANDS: readonly Command[] = [...EDIT, ...ORDER, ...ALIGN, ...MORE, ...PAGE];
export const commandOf = (id: string): Command | undefined => COMMANDS.find((command) => command.id === id);
