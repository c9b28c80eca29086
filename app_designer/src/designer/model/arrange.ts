import type { GridItem } from "../../generated/documents.gen";
import { COLUMNS } from "./areas";

type Items = Readonly<Record<string, GridItem>>;
const ROWS_MAX = 10_000;

const overlaps = (a: GridItem, b: GridItem): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

/** A place that lies on the grid. */
export function withinGrid<T extends GridItem>(item: T): T {
  const w = Math.min(COLUMNS, Math.max(1, Math.round(item.w)));
  const h = Math.min(1000, Math.max(1, Math.round(item.h)));
  const x = Math.min(COLUMNS - w, Math.max(0, Math.round(item.x)));
  const y = Math.min(ROWS_MAX, Math.max(0, Math.round(item.y)));
  return { ...item, x, y, w, h };
}

/**
 * Puts elements at their places and pushes down what is in the way, as far as needed and no further. Elements that
 * are not in the way stay where a person put them: gaps are theirs. Returns the places that differ, `moved` included.
 */
export function placeWithPush(items: Items, moved: Items): Record<string, GridItem> {
  const changed: Record<string, GridItem> = {};
  const fixed: GridItem[] = [];
  for (const [id, item] of Object.entries(moved)) {
    changed[id] = withinGrid(item);
    fixed.push(changed[id]);
  }
  const others = Object.entries(items)
    .filter(([id]) => !moved[id])
    .sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
  const settled: GridItem[] = [...fixed];
  let pushing = false;
  for (const [id, item] of others) {
    let place = item;
    // Two that already lay over each other stay so unless a push reaches them.
    const against = pushing ? settled : fixed;
    for (let hit = against.find((other) => overlaps(place, other)); hit; ) {
      place = { ...place, y: hit.y + hit.h };
      hit = settled.find((other) => overlaps(place, other));
    }
    if (place !== item && place.y !== item.y) {
      changed[id] = place;
      pushing = true;
    }
    settled.push(place);
  }
  return changed;
}

/** The first free place of a size, row by row; below everything at the latest. */
export function freePlace(items: Items, w: number, h: number, fromRow = 0): GridItem {
  const taken = Object.values(items).filter((item) => !item.hidden);
  const bottom = taken.reduce((row, item) => Math.max(row, item.y + item.h), 0);
  for (let y = fromRow; y < bottom; y += 1) {
    for (let x = 0; x + w <= COLUMNS; x += 1) {
      const place = { x, y, w, h };
      if (!taken.some((other) => overlaps(place, other))) return place;
    }
  }
  return { x: 0, y: Math.max(bottom, fromRow), w, h };
}

/** Every element moved up as far as it goes. A command, never done by itself. */
export function closeGaps(items: Items): Record<string, GridItem> {
  const settled: GridItem[] = [];
  const changed: Record<string, GridItem> = {};
  const sorted = Object.entries(items).sort(([, a], [, b]) => a.y - b.y || a.x - b.x);
  for (const [id, item] of sorted) {
    let y = 0;
    for (;;) {
      const place = { ...item, y };
      const hit = settled.find((other) => overlaps(place, other));
      if (!hit) break;
      y = hit.y + hit.h;
    }
    const place = y === item.y ? item : { ...item, y };
    settled.push(place);
    if (place !== item) changed[id] = place;
  }
  return changed;
}
