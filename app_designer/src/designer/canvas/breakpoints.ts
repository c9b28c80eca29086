import { arrange, type GridPlace, PAGE, type PhonePlace } from "@runtime/grid";
import type { LoadedApp } from "@runtime/scope";
import type { GridItem, PageLayout } from "../../generated/documents.gen";
import { type AreaKey, type AreaState, areaOf, areaOfElement, layoutPath, ROOT } from "../model/areas";
import { freePlace } from "../model/arrange";
import { elementsOf, isBlockCanvas } from "../model/canvas_key";
import type { Change, DesignerState } from "../model/contract";
import { moveElements } from "../model/operations";
import { overrideOf, setOverride, setOverrides } from "../model/page_operations";
import { getAt } from "../model/paths";

const EVERYTHING = { name: "", role: "admin", tenant: "" } as const;

/** Where the elements of an area stand at the present size of screen, as the runtime would put them. */
export function arrangementOf(state: DesignerState, area: AreaKey) {
  const { draft, canvas } = state;
  const page = isBlockCanvas(canvas) ? undefined : draft.pages[canvas];
  const lg = getAt(draft, layoutPath(canvas)) as PageLayout["lg"];
  const layout: PageLayout = { lg, md: page?.layout.md ?? null, sm: page?.layout.sm ?? null };
  const loaded = { blocks: draft.blocks } as unknown as LoadedApp;
  const breakpoint = page ? state.breakpoint : "lg";
  const parts = {
    elements: elementsOf(draft, canvas),
    layout,
    loaded,
    user: EVERYTHING,
    breakpoint,
    mode: "design",
  } as const;
  return arrange(parts, area === ROOT ? PAGE : area);
}

/** The area as it is shown on PC or tablet: there the places that differ lie over those of the PC. */
export function shownArea(state: DesignerState, area: AreaKey): AreaState {
  const whole = areaOf(state.draft, state.canvas, area);
  if (state.breakpoint !== "md" || isBlockCanvas(state.canvas) || whole.kind === "free") return whole;
  const md = state.draft.pages[state.canvas]?.layout.md;
  const over = area === ROOT ? md : md?.slots?.[area];
  const items = over?.kind === "grid" ? { ...whole.items, ...over.items } : whole.items;
  return { ...whole, items };
}

export function shownItem(state: DesignerState, id: string) {
  const element = elementsOf(state.draft, state.canvas)[id];
  return element ? shownArea(state, areaOfElement(element)).items[id] : undefined;
}

function phonePlaces(state: DesignerState, area: AreaKey): readonly PhonePlace[] {
  const found = arrangementOf(state, area);
  if (found.kind === "phone") return found.places;
  return found.kind === "free" ? found.list : [];
}

/** The place an element has on a phone, as an override would say it. */
export function phoneItem(state: DesignerState, id: string): GridItem {
  const at = { draft: state.draft, canvas: state.canvas };
  const own = overrideOf(at, "sm", id);
  if (own) return own;
  const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
  const place = phonePlaces(state, area).find((entry) => entry.id === id);
  const whole = areaOf(state.draft, state.canvas, area).items[id];
  return {
    x: 0,
    y: Math.max(0, Math.round(whole?.y ?? 0)),
    w: place?.span === 1 ? 6 : 12,
    h: place?.h ?? 4,
  };
}

const RENUMBER_STEP = 10;

/** Puts an element before another (null: last) in the order of a phone; says no more than that needs. */
export function phoneOrder(state: DesignerState, id: string, before: string | null): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
  const places = phonePlaces(state, area).map((place) => place.id);
  const rest = places.filter((other) => other !== id);
  const index = before === null ? rest.length : rest.indexOf(before);
  if (index < 0) return [];
  const wanted = [...rest.slice(0, index), id, ...rest.slice(index)];
  if (wanted.join() === places.join()) return [];
  const above = wanted[index - 1];
  const below = wanted[index + 1];
  const low = above === undefined ? -1 : rowOf(state, above);
  const high = below === undefined ? low + 2 : rowOf(state, below);
  if (low + 1 < high) return setOverride(at, "sm", id, { ...phoneItem(state, id), x: 0, y: low + 1 });
  const items = wanted.map((one, place) => [
    one,
    { ...phoneItem(state, one), x: 0, y: place * RENUMBER_STEP },
  ]);
  return setOverrides(at, "sm", Object.fromEntries(items));
}

function rowOf(state: DesignerState, id: string): number {
  const own = overrideOf({ draft: state.draft, canvas: state.canvas }, "sm", id);
  const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
  return Math.round((own ?? areaOf(state.draft, state.canvas, area).items[id])?.y ?? 0);
}

/**
 * Elements dropped on the grid of a tablet, and the others that gave way. In its own container an element gets a place
 * of its own on the tablet. What comes into another container is in it on every screen: on the PC at the first free
 * place, on the tablet where it was dropped.
 */
export function dropOnTablet(
  state: DesignerState,
  area: AreaKey,
  dropped: Readonly<Record<string, GridItem>>,
  pushed: Readonly<Record<string, GridItem>>,
): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const elements = elementsOf(state.draft, state.canvas);
  const come = Object.entries(dropped).filter(([id]) => areaOfElement(elements[id]) !== area);
  const whole = { ...areaOf(state.draft, state.canvas, area).items } as Record<string, GridItem>;
  const places: Record<string, GridItem> = {};
  for (const [id, { w, h }] of come) {
    places[id] = freePlace(whole, w, h);
    whole[id] = places[id];
  }
  const moved = come.length > 0 ? moveElements(at, area, places) : [];
  if (come.length > 0 && moved.length === 0) return [];
  return [...moved, ...setOverrides(at, "md", { ...dropped, ...pushed }, area)];
}

/** Hides elements on the present small screen, or shows them again. */
export function setHidden(state: DesignerState, ids: readonly string[], hidden: boolean): Change[] {
  const at = { draft: state.draft, canvas: state.canvas };
  const size = state.breakpoint;
  if (size === "lg" || isBlockCanvas(state.canvas)) return [];
  const items = ids.map((id) => {
    const { hidden: _was, ...place } = size === "sm" ? phoneItem(state, id) : gridItem(state, id);
    return [id, hidden ? { ...place, hidden: true } : place];
  });
  return setOverrides(at, size, Object.fromEntries(items));
}

function gridItem(state: DesignerState, id: string): GridItem {
  const item = shownItem(state, id);
  return item && !("z" in item) ? (item as GridItem) : { x: 0, y: 0, w: 6, h: 4 };
}

export function isHiddenAt(state: DesignerState, id: string): boolean {
  if (state.breakpoint === "lg" || isBlockCanvas(state.canvas)) return false;
  const own = overrideOf({ draft: state.draft, canvas: state.canvas }, state.breakpoint, id);
  return own?.hidden === true;
}

export type { GridPlace };
