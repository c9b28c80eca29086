import type { CompositeDocument, Element } from "../../generated/documents.gen";
import {
  type AreaKey,
  type AreaState,
  areaOf,
  areaOfElement,
  type Item,
  layoutPath,
  outermost,
  withDescendants,
} from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { Change, DesignerState } from "../model/contract";
import { ELEMENT_ID, newElementId } from "../model/ids";
import { addElements, elementPath } from "../model/operations";
import { getAt, isMembers } from "../model/paths";

export const ELEMENTS_MAX = 500;
const TEXT_MAX = 2_000_000;
const DEPTH_MAX = 24;

/** Elements as they travel through the clipboard: between pages, apps and windows. */
export interface Clip {
  readonly interlock: "elements";
  readonly format: 1;
  /** Kind of the area they were in; places of another kind are made anew. */
  readonly kind: "grid" | "free";
  readonly elements: Readonly<Record<string, Element>>;
  /** Places of the outermost ones. */
  readonly items: Readonly<Record<string, Item>>;
  /** Insides of the containers among them. */
  readonly slots: Readonly<Record<string, AreaState>>;
  /** Blocks of the app they use, so that another app can show them. */
  readonly blocks: Readonly<Record<string, CompositeDocument>>;
}

/** What is chosen, with everything inside it. */
export function clipOf(state: DesignerState, ids: readonly string[]): Clip | null {
  const elements = elementsOf(state.draft, state.canvas);
  const top = outermost(elements, ids).filter((id) => elements[id]);
  const [first] = top;
  if (first === undefined) return null;
  const all = withDescendants(elements, top);
  const chosen: Record<string, Element> = {};
  const items: Record<string, Item> = {};
  const blocks: Record<string, CompositeDocument> = {};
  for (const id of all) {
    const element = elements[id];
    if (!element) continue;
    chosen[id] = element;
    const key = `${element.type.slice("composite.".length)}.${element.props_version}`;
    const block = element.type.startsWith("composite.") ? state.draft.blocks[key] : undefined;
    if (block) blocks[key] = block;
  }
  for (const id of top) {
    const item = areaOf(state.draft, state.canvas, areaOfElement(elements[id])).items[id];
    if (item) items[id] = item;
  }
  const { kind } = areaOf(state.draft, state.canvas, areaOfElement(elements[first]));
  const slots = slotsInside(state, new Set(all));
  return { interlock: "elements", format: 1, kind, elements: chosen, items, slots, blocks };
}

function slotsInside(state: DesignerState, ids: ReadonlySet<string>): Record<string, AreaState> {
  const found: Record<string, AreaState> = {};
  const slots = getAt(state.draft, [...layoutPath(state.canvas), "slots"]);
  if (!isMembers(slots)) return found;
  for (const [key, area] of Object.entries(slots)) {
    if (ids.has(key.split("/")[0] ?? "")) found[key] = area as AreaState;
  }
  return found;
}

const TYPE = /^[a-z0-9][a-z0-9_.-]{0,79}$/;

function depthOf(value: unknown, level = 0): number {
  if (level > DEPTH_MAX || typeof value !== "object" || value === null) return level;
  return Object.values(value).reduce<number>(
    (deepest, inner) => Math.max(deepest, depthOf(inner, level + 1)),
    level,
  );
}

const isItem = (value: unknown): value is Item =>
  isMembers(value) && ["x", "y", "w", "h"].every((name) => Number.isFinite(value[name]));

function isElement(value: unknown): value is Element {
  if (!isMembers(value) || typeof value.type !== "string" || !TYPE.test(value.type)) return false;
  if (!Number.isInteger(value.props_version) || (value.props_version as number) < 1) return false;
  return ["props", "bind", "inputs", "events", "access"].every(
    (name) => value[name] === undefined || isMembers(value[name]),
  );
}

const MEMBERS = new Set([
  "type",
  "props_version",
  "parent",
  "props",
  "bind",
  "inputs",
  "events",
  "access",
  "name",
  "locked",
  "group",
]);

/** Text of the clipboard as elements; null when it is something else, too large or damaged. */
export function parseClip(text: string): Clip | null {
  if (text.length > TEXT_MAX || !text.includes('"interlock"')) return null;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (!isMembers(found) || found.interlock !== "elements" || found.format !== 1) return null;
  const { kind, elements, items, slots = {}, blocks = {} } = found;
  if ((kind !== "grid" && kind !== "free") || !isMembers(elements) || !isMembers(items)) return null;
  if (!isMembers(slots) || !isMembers(blocks) || depthOf(found) > DEPTH_MAX) return null;
  const ids = Object.keys(elements);
  if (ids.length === 0 || ids.length > ELEMENTS_MAX) return null;
  const sound =
    Object.entries(elements).every(([id, element]) => ELEMENT_ID.test(id) && isElement(element)) &&
    Object.entries(items).every(([id, item]) => id in elements && isItem(item));
  if (!sound) return null;
  return {
    interlock: "elements",
    format: 1,
    kind,
    elements: cleaned(elements as Record<string, Element>),
    items: items as Record<string, Item>,
    slots: soundSlots(slots, elements),
    blocks: soundBlocks(blocks),
  };
}

/** Only members a document may have. */
function cleaned(elements: Record<string, Element>): Record<string, Element> {
  const own: Record<string, Element> = {};
  for (const [id, element] of Object.entries(elements)) {
    const entries = Object.entries(element).filter(([name]) => MEMBERS.has(name));
    own[id] = Object.fromEntries(entries) as unknown as Element;
  }
  return own;
}

function soundSlots(slots: Readonly<Record<string, unknown>>, elements: object): Record<string, AreaState> {
  const sound: Record<string, AreaState> = {};
  for (const [key, area] of Object.entries(slots)) {
    const [holder = "", slot, more] = key.split("/");
    if (!(holder in elements) || !slot || more !== undefined || !isMembers(area)) continue;
    if ((area.kind !== "grid" && area.kind !== "free") || !isMembers(area.items)) continue;
    const items = Object.fromEntries(
      Object.entries(area.items).filter(([id, item]) => id in elements && isItem(item)),
    );
    sound[key] = { ...area, kind: area.kind, items } as AreaState;
  }
  return sound;
}

function soundBlocks(blocks: Readonly<Record<string, unknown>>): Record<string, CompositeDocument> {
  const sound: Record<string, CompositeDocument> = {};
  for (const [key, block] of Object.entries(blocks)) {
    if (isMembers(block) && key === `${block.id}.${block.version}` && isMembers(block.layout)) {
      sound[key] = block as unknown as CompositeDocument;
    }
  }
  return sound;
}

/** The same value with ids of elements exchanged: in bindings, actions, anchors of pipes, wherever they stand. */
export function withNewIds(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map((item) => withNewIds(item, ids));
  if (!isMembers(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withNewIds(item, ids)]));
}

const areaWithNewIds = (area: AreaState, ids: ReadonlyMap<string, string>): AreaState => ({
  ...area,
  items: Object.fromEntries(Object.entries(area.items).map(([id, item]) => [ids.get(id) ?? id, item])),
});

export interface Pasted {
  readonly changes: Change[];
  /** The outermost new elements. */
  readonly ids: string[];
}

/** Adds copied elements to an area, with new ids and their references to each other in order. */
export function paste(
  state: DesignerState,
  clip: Clip,
  area: AreaKey,
  places: (items: Readonly<Record<string, Item>>, clip: Clip) => Record<string, Item>,
): Pasted {
  const taken = elementsOf(state.draft, state.canvas);
  const ids = new Map<string, string>();
  for (const id of Object.keys(clip.elements)) {
    ids.set(
      id,
      newElementId((made) => taken[made] !== undefined || [...ids.values()].includes(made)),
    );
  }
  const groups = newGroups(clip, taken);
  const copy = (id: string): Element => {
    const element = withNewIds(clip.elements[id], ids) as Element;
    const group = element.group ? groups.get(element.group) : undefined;
    return group ? { ...element, group } : element;
  };
  const top = Object.keys(clip.elements).filter((id) => !clip.elements[clip.elements[id]?.parent?.id ?? ""]);
  const placed = places(clip.items, clip);
  const at = { draft: state.draft, canvas: state.canvas };
  const added = top.map((id) => ({
    id: ids.get(id) ?? id,
    element: copy(id),
    item: placed[id] ?? { x: 0, y: 0, w: 4, h: 4 },
  }));
  const kind = areaOf(state.draft, state.canvas, area).kind;
  const changes: Change[] = [];
  for (const [key, block] of Object.entries(clip.blocks)) {
    if (!state.draft.blocks[key]) changes.push({ path: ["blocks", key], value: block });
  }
  changes.push(...addElements(at, area, added, kind));
  for (const id of Object.keys(clip.elements)) {
    if (!top.includes(id))
      changes.push({ path: elementPath(state.canvas, ids.get(id) ?? id), value: copy(id) });
  }
  for (const [key, inside] of Object.entries(clip.slots)) {
    const [holder = "", slot = ""] = key.split("/");
    const path = [...layoutPath(state.canvas), "slots", `${ids.get(holder) ?? holder}/${slot}`];
    changes.push({ path, value: areaWithNewIds(inside, ids) });
  }
  return { changes, ids: added.map(({ id }) => id) };
}

function newGroups(clip: Clip, taken: Readonly<Record<string, Element>>): Map<string, string> {
  const used = new Set(Object.values(taken).map((element) => element.group));
  const groups = new Map<string, string>();
  let number = 1;
  for (const { group } of Object.values(clip.elements)) {
    if (!group || groups.has(group)) continue;
    while (used.has(`group_${number}`)) number += 1;
    used.add(`group_${number}`);
    groups.set(group, `group_${number}`);
  }
  return groups;
}
