import { type Refusal, refusalOf } from "../canvas/refusal";
import { areaOf, areaOfElement, outermost, ROOT } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { DesignerStore } from "../model/contract";
import { removeElements } from "../model/operations";
import { type Clip, clipOf, parseClip, paste } from "./clipboard";
import { pastePlaces } from "./paste_places";

/** What was copied last in this window: where the browser gives no clipboard, it is enough. */
let inside: Clip | null = null;

export interface ClipTexts {
  readonly cut: string;
  readonly paste: string;
  readonly duplicate: string;
  readonly remove: string;
}

/** Remembers what is chosen and returns its text for the system's clipboard; null: nothing is chosen. */
export function copyText(store: DesignerStore): string | null {
  const state = store.getState();
  const clip = clipOf(state, state.selection);
  if (!clip) return null;
  inside = clip;
  return JSON.stringify(clip);
}

/** Copies by menu or button; the system's clipboard may refuse, this window's does not. */
export async function copySelection(store: DesignerStore): Promise<void> {
  const text = copyText(store);
  if (text !== null) await navigator.clipboard?.writeText(text).catch(() => undefined);
}

export function removeSelection(store: DesignerStore, label: string): void {
  const { draft, canvas, selection } = store.getState();
  const elements = elementsOf(draft, canvas);
  const ids = selection.filter((id) => !elements[id]?.locked);
  if (ids.length > 0) store.change(label, removeElements({ draft, canvas }, ids), { select: [] });
}

/** Text of the system's clipboard, or what this window remembers. */
export async function readClip(): Promise<Clip | null> {
  const text = await navigator.clipboard?.readText?.().catch(() => "");
  return parseClip(text ?? "") ?? inside;
}

/** What became of a paste: done, nothing was there to paste, or the area does not take it. */
export type PasteOutcome = "done" | "nothing" | Refusal;

/** Puts copied elements where the chosen ones are, else on the page. */
export function pasteClip(store: DesignerStore, clip: Clip | null, label: string): PasteOutcome {
  if (!clip) return "nothing";
  const state = store.getState();
  const chosen = elementsOf(state.draft, state.canvas)[state.selection[0] ?? ""];
  const area = chosen ? areaOfElement(chosen) : ROOT;
  const refusal = refusalOf(state, area, topTypes(clip));
  if (refusal) return refusal;
  const { changes, ids } = paste(state, clip, area, pastePlaces(state, area));
  store.change(label, changes, { select: ids });
  return "done";
}

/** Types of the outermost elements of a clip. */
const topTypes = (clip: Clip): string[] => Object.keys(clip.items).map((id) => clip.elements[id]?.type ?? "");

export const pasteText = (store: DesignerStore, text: string, label: string): PasteOutcome =>
  pasteClip(store, parseClip(text) ?? inside, label);

/** A second one of what is chosen, right beside it; told why where there is no room for it. */
export function duplicateSelection(store: DesignerStore, label: string): Refusal | null {
  const state = store.getState();
  const elements = elementsOf(state.draft, state.canvas);
  const top = outermost(elements, state.selection);
  const clip = clipOf(state, top);
  const first = elements[top[0] ?? ""];
  if (!clip || !first) return null;
  const area = areaOfElement(first);
  if (!areaOf(state.draft, state.canvas, area)) return null;
  const refusal = refusalOf(state, area, topTypes(clip));
  if (refusal) return refusal;
  const { changes, ids } = paste(state, clip, area, pastePlaces(state, area));
  store.change(label, changes, { select: ids });
  return null;
}
