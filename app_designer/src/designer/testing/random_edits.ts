import fc from "fast-check";
import type { GridItem } from "../../generated/documents.gen";
import { setHidden } from "../canvas/breakpoints";
import { duplicateSelection } from "../clipboard/actions";
import { areaOf, areaOfElement } from "../model/areas";
import { closeGaps } from "../model/arrange";
import { elementsOf } from "../model/canvas_key";
import { makeBlock, suggestParams } from "../model/composite_operations";
import type { Change, DesignerState } from "../model/contract";
import { newElementId } from "../model/ids";
import * as op from "../model/operations";
import * as page from "../model/page_operations";
import type { DesignerModel } from "../model/store";
import { moveInTree } from "../outline/tree";
import { valueElement } from "./fixtures";

/** Numbers a random edit is made of. */
export type Dice = readonly [kind: number, who: number, x: number, y: number];
export const dice = fc.tuple(fc.nat(999), fc.nat(9999), fc.nat(30), fc.nat(40)) as fc.Arbitrary<Dice>;

type Edit = (state: DesignerState, dice: Dice) => Change[];

const at = (state: DesignerState) => ({ draft: state.draft, canvas: state.canvas });
const idsOf = (state: DesignerState) => Object.keys(elementsOf(state.draft, state.canvas)).sort();
const one = (state: DesignerState, [, who]: Dice) => {
  const ids = idsOf(state);
  return ids[who % Math.max(1, ids.length)] ?? "";
};
const some = (state: DesignerState, [, who, x]: Dice) => {
  const ids = idsOf(state);
  return ids.slice(who % Math.max(1, ids.length)).slice(0, 1 + (x % 4));
};
const place = (kind: "grid" | "free", [, who, x, y]: Dice) =>
  kind === "free"
    ? { x: x * 10, y: y * 10, w: 100, h: 60, z: who % 5 }
    : { x: x % 10, y, w: 2, h: 1 + (who % 3) };

const EDITS: Record<string, Edit> = {
  add: (state, d) => {
    const { kind } = areaOf(state.draft, state.canvas, "");
    return op.addElements(at(state), "", [
      { id: newElementId(), element: valueElement("press_1"), item: place(kind, d) },
    ]);
  },
  addCard: (state, d) => {
    const { kind } = areaOf(state.draft, state.canvas, "");
    const element = { type: "card", props_version: 1, parent: null };
    return op.addElements(at(state), "", [{ id: newElementId(), element, item: place(kind, d) }]);
  },
  move: (state, d) => {
    const id = one(state, d);
    const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
    const { kind, items } = areaOf(state.draft, state.canvas, area);
    return items[id] ? op.placeItems(at(state), area, { [id]: { ...items[id], ...place(kind, d) } }) : [];
  },
  reparent: (state, d) => {
    const cards = idsOf(state).filter((id) => elementsOf(state.draft, state.canvas)[id]?.type === "card");
    const card = cards[d[2] % Math.max(1, cards.length)];
    return card
      ? op.moveElements(at(state), `${card}/content`, { [one(state, d)]: { x: 0, y: d[3], w: 4, h: 2 } })
      : [];
  },
  toPage: (state, d) => op.moveElements(at(state), "", { [one(state, d)]: { x: 0, y: d[3], w: 4, h: 2 } }),
  remove: (state, d) => op.removeElements(at(state), some(state, d).slice(0, 2)),
  prop: (state, d) => op.setMember(at(state), [one(state, d)], ["props", "title"], `Title ${d[2]}`),
  unset: (state, d) => op.setMember(at(state), [one(state, d)], ["props", "title"], undefined),
  bind: (state, d) =>
    op.bind(at(state), one(state, d), "/value", { source: "tag", asset: `press_${d[2]}`, role: "speed" }),
  unbind: (state, d) => op.bind(at(state), one(state, d), "/value", undefined),
  name: (state, d) => op.rename(at(state), one(state, d), `Name ${d[2]}`),
  lock: (state, d) => op.lock(at(state), some(state, d), d[2] % 2 === 0),
  group: (state, d) => op.group(at(state), some(state, d)),
  ungroup: (state, d) => op.ungroup(at(state), some(state, d)),
  front: (state, d) => op.restack(at(state), "", some(state, d), d[2] % 2 ? "front" : "back"),
  turn: (state, d) => op.rotate(at(state), "", some(state, d), 90),
  kind: (state, d) => op.changeKind(at(state), d[2] % 2 ? "free" : "grid"),
  gaps: (state) => {
    const { kind, items } = areaOf(state.draft, state.canvas, "");
    return kind === "grid" ? op.placeItems(at(state), "", closeGaps(items as Record<string, GridItem>)) : [];
  },
  outline: (state, d) =>
    moveInTree(state, one(state, d), (["up", "down", "in", "out"] as const)[d[2] % 4] ?? "up"),
  hide: (state, d) =>
    setHidden({ ...state, breakpoint: d[2] % 2 ? "sm" : "md" }, some(state, d), d[3] % 2 === 0),
  override: (state, d) => page.setOverride(at(state), "sm", one(state, d), { x: 0, y: d[3], w: 6, h: 3 }),
  reset: (state, d) => page.setOverride(at(state), "sm", one(state, d), null),
  resetAll: (state, d) => page.resetOverrides(at(state), d[2] % 2 ? "sm" : "md"),
  block: (state, d) => {
    const ids = some(state, d);
    const params = suggestParams(state, ids);
    return makeBlock(state, ids, {
      id: `block_${d[1]}`,
      name: { en: "Block" },
      params,
      instance: newElementId(),
    });
  },
  addPage: ({ draft }, d) =>
    page.addPage(draft, {
      format: 1,
      id: `page_${d[1]}`,
      title: { en: `Page ${d[1]}` },
      elements: {},
      layout: { lg: { kind: "grid", items: {} } },
    }),
  removePage: ({ draft }, d) =>
    page.removePage(draft, Object.keys(draft.pages)[d[1] % Object.keys(draft.pages).length] ?? ""),
  renamePage: ({ draft }, d) =>
    page.renamePage(draft, Object.keys(draft.pages)[d[1] % Object.keys(draft.pages).length] ?? "", {
      en: `T ${d[2]}`,
    }),
};

const NAMES = Object.keys(EDITS);
/** Deleting pages and elements as often as everything else would leave nothing to work on. */
const RARE = new Set(["removePage", "remove", "block", "kind"]);

/** Does one random thing a person can do, through the real operations. Returns its name. */
export function randomEdit(model: DesignerModel, roll: Dice): string {
  const [kind, who, x] = roll;
  const state = model.getState();
  if (kind % 12 === 0) {
    const pages = Object.keys(state.draft.pages);
    model.open(pages[who % pages.length] ?? "");
    return "open";
  }
  if (kind % 12 === 1) {
    model.select(some(state, roll));
    duplicateSelection(model as unknown as Parameters<typeof duplicateSelection>[0], "duplicate");
    return "duplicate";
  }
  const name = NAMES[(kind + x) % NAMES.length] ?? "add";
  const chosen = RARE.has(name) && who % 4 !== 0 ? "add" : name;
  const changes = EDITS[chosen]?.(state, roll) ?? [];
  if (changes.length > 0) model.change(chosen, changes, kind % 7 === 0 ? { coalesce: `run:${chosen}` } : {});
  return chosen;
}
