import { blocks } from "@runtime/registry";
import { localText } from "@sdk/i18n/catalogue";
import { type DesignerText, pageLanguage, translate } from "../i18n/texts";
import { type AreaKey, areaOf, parentOf } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";

/** Why an area does not take something: its container is locked or full, or does not take this kind of block. */
export interface Refusal {
  readonly why: "locked" | "full" | "kind" | "no_slot";
  /** Block type of the container. */
  readonly holder: string;
  /** How many it takes. */
  readonly most: number;
  /** Categories it takes. */
  readonly allow: readonly string[];
}

/** The slot of a container by the name elements have it under: `tab_0` is one of the slots `tab`. */
export function slotSpec(type: string, slot: string) {
  const slots = blocks.get(type)?.manifest.slots ?? {};
  return (
    slots[slot] ??
    Object.entries(slots).find(([name, spec]) => spec.repeats && slot.startsWith(`${name}_`))?.[1]
  );
}

/** Why an area does not take blocks of some types; null where it does. A page takes everything. */
export function refusalOf(state: DesignerState, area: AreaKey, types: readonly string[]): Refusal | null {
  const parent = parentOf(area);
  if (!parent) return null;
  const holder = elementsOf(state.draft, state.canvas)[parent.id];
  const spec = slotSpec(holder?.type ?? "", parent.slot);
  const allow = spec?.allow ?? [];
  const most = spec?.items_max ?? Number.POSITIVE_INFINITY;
  const refusal = (why: Refusal["why"]): Refusal => ({ why, holder: holder?.type ?? "", most, allow });
  if (!spec) return refusal("no_slot");
  if (holder?.locked) return refusal("locked");
  const inside = Object.keys(areaOf(state.draft, state.canvas, area).items).length;
  if (inside + types.length > most) return refusal("full");
  // What a block of the app's own consists of is not asked: the server does not ask it either.
  const categories = types.flatMap((type) => blocks.get(type)?.manifest.category ?? []);
  return allow.length > 0 && categories.some((one) => !allow.includes(one)) ? refusal("kind") : null;
}

/** A refusal in words: what does not take it, why, and what it does take. */
export function refusalText(refusal: Refusal): string {
  const language = pageLanguage();
  const text = translate(language);
  const name = localText(blocks.get(refusal.holder)?.manifest.name, language) || refusal.holder;
  const kinds = refusal.allow.map((one) => text(`cat.${one}` as DesignerText)).join(", ");
  return text(`refused.${refusal.why}`, { name, kinds, most: String(refusal.most) });
}

const REFUSED = "designer-refused";

/** Says in sight of everybody why something was not done. */
export const sayRefused = (words: string): void =>
  void dispatchEvent(new CustomEvent(REFUSED, { detail: words }));

/** Hears what is said; returns how to stop. */
export function onRefused(listener: (words: string) => void): () => void {
  const hear = (event: Event) => listener(String((event as CustomEvent).detail));
  addEventListener(REFUSED, hear);
  return () => removeEventListener(REFUSED, hear);
}
