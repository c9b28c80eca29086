import { blocks } from "@runtime/registry";
import type { PlacedBox } from "@sdk/context";
import type { PipeEnds } from "@sdk/symbols";
import type { Element, FreeItem } from "../../../generated/documents.gen";
import { type AreaKey, areaOf, itemPath } from "../../model/areas";
import { elementsOf } from "../../model/canvas_key";
import type { Change } from "../../model/contract";
import { type At, addElements, elementPath } from "../../model/operations";
import { sameJson } from "../../model/paths";
import { type Drawn, PIPE } from "./joints";

/** The boxes of a free area as the document has them. */
export function boxesOf({ draft, canvas }: At, area: AreaKey): ReadonlyMap<string, PlacedBox> {
  const elements = elementsOf(draft, canvas);
  const { items } = areaOf(draft, canvas, area);
  const boxes = new Map<string, PlacedBox>();
  for (const [id, item] of Object.entries(items)) {
    const element = elements[id];
    if (!element) continue;
    const { x, y, w, h, r = 0 } = item as FreeItem;
    boxes.set(id, { x, y, w, h, r, type: element.type, props: element.props ?? {} });
  }
  return boxes;
}

/** A pipe as it is stored; null: it is none. */
export function pipeOf(at: At, area: AreaKey, id: string): Drawn | null {
  const element = elementsOf(at.draft, at.canvas)[id];
  const item = areaOf(at.draft, at.canvas, area).items[id] as FreeItem | undefined;
  if (element?.type !== PIPE || !item) return null;
  const { from, to, course } = (element.props ?? {}) as PipeEnds;
  return { ends: { ...(from ? { from } : {}), ...(to ? { to } : {}), ...(course ? { course } : {}) }, item };
}

/** Adds a pipe that was drawn. */
export function pipeAdded(at: At, area: AreaKey, id: string, { ends, item }: Drawn): Change[] {
  const version = blocks.get(PIPE)?.manifest.props_version ?? 1;
  const element: Element = { type: PIPE, props_version: version, parent: null, props: { ...ends } };
  return addElements(at, area, [{ id, element, item }], "free");
}

/** Fastens a pipe anew: its ends and, where that is another, its box. */
export function pipeRejoined(at: At, area: AreaKey, id: string, { ends, item }: Drawn): Change[] {
  const before = pipeOf(at, area, id);
  if (!before) return [];
  const changes: Change[] = [];
  for (const end of ["from", "to", "course"] as const) {
    if (!sameJson(before.ends[end], ends[end]))
      changes.push({ path: elementPath(at.canvas, id, "props", end), value: ends[end] });
  }
  if (!sameJson(before.item, item)) changes.push({ path: itemPath(at.canvas, area, id), value: item });
  return changes;
}
