import type { FreeItem, GridItem } from "../../generated/documents.gen";
import { freeSize, sizesOf } from "../canvas/sizes";
import { around } from "../canvas/snap";
import { type AreaKey, areaOf, type Item } from "../model/areas";
import { freePlace } from "../model/arrange";
import type { DesignerState } from "../model/contract";
import type { Clip } from "./clipboard";

const STEP_PX = 20;

/** Places for copied elements in an area: together as they were, where there is room. */
export function pastePlaces(state: DesignerState, area: AreaKey) {
  const target = areaOf(state.draft, state.canvas, area);
  return (items: Readonly<Record<string, Item>>, clip: Clip): Record<string, Item> => {
    if (target.kind === "free") return freePlaces(state, clip, items, target.items);
    return gridPlaces(state, clip, items, target.items as Record<string, GridItem>);
  };
}

function gridPlaces(
  state: DesignerState,
  clip: Clip,
  items: Readonly<Record<string, Item>>,
  there: Readonly<Record<string, GridItem>>,
): Record<string, GridItem> {
  if (clip.kind === "grid" && Object.keys(items).length > 0) {
    const whole = around(Object.values(items));
    const first = Math.max(0, whole.y);
    const spot = freePlace(there, whole.w, whole.h, first);
    const entries = Object.entries(items) as [string, GridItem][];
    return Object.fromEntries(
      entries.map(([id, item]) => [
        id,
        { x: item.x - whole.x + spot.x, y: item.y - whole.y + spot.y, w: item.w, h: item.h },
      ]),
    );
  }
  const placed: Record<string, GridItem> = {};
  for (const id of Object.keys(items)) {
    const element = clip.elements[id];
    const { grid } = sizesOf(state.draft, element ?? { type: "", props_version: 1 });
    placed[id] = freePlace({ ...there, ...placed }, grid.w, grid.h);
  }
  return placed;
}

function freePlaces(
  state: DesignerState,
  clip: Clip,
  items: Readonly<Record<string, Item>>,
  there: Readonly<Record<string, Item>>,
): Record<string, FreeItem> {
  const top = Object.values(there).reduce((most, item) => Math.max(most, "z" in item ? (item.z ?? 0) : 0), 0);
  const placed: Record<string, FreeItem> = {};
  let next = 40;
  for (const [id, item] of Object.entries(items)) {
    const element = clip.elements[id];
    if (clip.kind === "free") placed[id] = { ...(item as FreeItem) };
    else {
      const size = freeSize(sizesOf(state.draft, element ?? { type: "", props_version: 1 }));
      placed[id] = { x: next, y: next, ...size, z: top + 1 };
      next += STEP_PX;
    }
  }
  const hits = () =>
    Object.values(placed).some((item) =>
      Object.values(there).some((other) => Math.abs(other.x - item.x) < 2 && Math.abs(other.y - item.y) < 2),
    );
  while (hits()) {
    for (const [id, item] of Object.entries(placed))
      placed[id] = { ...item, x: item.x + STEP_PX, y: item.y + STEP_PX };
  }
  return placed;
}
