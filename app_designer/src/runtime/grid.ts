import type {
  ComponentLayout,
  Element,
  FreeArea,
  FreeItem,
  GridArea,
  GridItem,
  PageLayout,
} from "../generated/documents.gen";
import { maySee } from "./access";
import type { Breakpoint } from "./breakpoint";
import { compositeOf, isComposite } from "./composite";
import { blockIn, blocks } from "./registry";
import type { RuntimeScope } from "./scope";

/** A place on the 12 columns of PC and tablet. */
export interface GridPlace {
  id: string;
  x: number;
  y: number;
  w: number;
  h: number;
}
/** A place on the 2 columns of a phone; the order is that of reading. */
export interface PhonePlace {
  id: string;
  span: 1 | 2;
  h: number;
  /** It holds other elements: it becomes as high as they need. */
  grows: boolean;
}
export interface FreePlace extends FreeItem {
  id: string;
}

export type Arrangement =
  | { kind: "grid"; places: GridPlace[]; rows: number }
  | { kind: "phone"; places: PhonePlace[] }
  | { kind: "free"; area: FreeArea; places: FreePlace[]; list: PhonePlace[] };

type ScopeParts = Pick<RuntimeScope, "elements" | "layout" | "loaded" | "user" | "breakpoint" | "mode">;
type Area = GridArea | FreeArea;

/** The content of a page itself, or of the slot `<element>/<slot>`. */
export const PAGE = "page";
const COLUMNS = 12;
const NEW_PLACE = { w: 6, h: 4 };
const PHONE_ROWS_MIN = 3;
/** Has no slot, but a whole page inside. */
const EMBEDDED_PAGE = "embedded_page";

function areaOf(layout: PageLayout, breakpoint: Breakpoint, holder: string): Area | undefined {
  const whole = layout[breakpoint];
  return holder === PAGE ? (whole ?? undefined) : whole?.slots?.[holder];
}

function isHeldBy(element: Element, holder: string): boolean {
  const { parent } = element;
  return holder === PAGE ? !parent : parent !== null && `${parent?.id}/${parent?.slot}` === holder;
}

/** The elements of an area that this person sees. */
function members(scope: ScopeParts, holder: string): string[] {
  return Object.keys(scope.elements).filter((id) => {
    const element = scope.elements[id];
    return element !== undefined && isHeldBy(element, holder) && maySee(element.access, scope.user);
  });
}

function sizesOf(
  scope: Pick<RuntimeScope, "loaded">,
  element: Element | undefined,
): ComponentLayout | undefined {
  if (!element) return undefined;
  const own = scope.loaded.installed;
  return compositeOf(scope, element)?.size ?? blockIn(element.type, own)?.manifest.layout;
}

const byReading = (a: { x: number; y: number }, b: { x: number; y: number }) => a.y - b.y || a.x - b.x;

/** Elements without a place (the other side of a merge left none) come below the rest, so that none is lost. */
function withStrays(scope: ScopeParts, ids: string[], items: Record<string, GridItem>): GridPlace[] {
  const places = ids.flatMap((id) => (items[id] ? [{ ...items[id], id }] : []));
  let bottom = places.reduce((most, place) => Math.max(most, place.y + place.h), 0);
  for (const id of ids) {
    if (items[id]) continue;
    const { w, h } = sizesOf(scope, scope.elements[id])?.grid ?? NEW_PLACE;
    places.push({ id, x: 0, y: bottom, w: Math.min(COLUMNS, w), h });
    bottom += h;
  }
  return places;
}

function isHidden(items: Record<string, GridItem> | undefined, id: string): boolean {
  return items?.[id]?.hidden === true;
}

function wide(scope: ScopeParts, holder: string, ids: string[], area: GridArea | undefined): Arrangement {
  const over = scope.breakpoint === "md" ? areaOf(scope.layout, "md", holder) : undefined;
  const items = { ...area?.items, ...(over?.kind === "grid" ? over.items : undefined) };
  const shown = ids.filter((id) => !isHidden(items, id));
  const places = withStrays(scope, shown, items).sort(byReading);
  return { kind: "grid", places, rows: places.reduce((most, place) => Math.max(most, place.y + place.h), 0) };
}

/** A lone half-width tile on a phone would leave a hole beside it: it takes the full width instead. */
function closeGaps(list: (PhonePlace & { fixed: boolean })[]): PhonePlace[] {
  let open: (PhonePlace & { fixed: boolean }) | null = null;
  const widen = () => {
    if (open && !open.fixed) open.span = 2;
    open = null;
  };
  for (const place of list) {
    if (place.span === 1) open = open ? null : place;
    else widen();
  }
  widen();
  return list.map(({ fixed: _fixed, ...place }) => place);
}

function isContainer(element: Element | undefined): boolean {
  if (!element) return false;
  if (element.type === EMBEDDED_PAGE) return true;
  return isComposite(element.type) || blocks.get(element.type)?.manifest.kind === "container";
}

/** The automatic layout of a phone, in the order of the PC, with what the document says otherwise. */
function phone(scope: ScopeParts, holder: string, ids: string[], places: readonly (GridPlace | FreePlace)[]) {
  const small = areaOf(scope.layout, "sm", holder);
  const items = small?.kind === "grid" ? (small.items ?? {}) : {};
  const order = new Map<string, { x: number; y: number }>(places.map((place) => [place.id, place]));
  const at = (id: string) => items[id] ?? order.get(id) ?? { x: 0, y: Number.MAX_SAFE_INTEGER };
  const list = ids
    .filter((id) => !isHidden(items, id))
    .sort((a, b) => byReading(at(a), at(b)))
    .map((id) => {
      const own = items[id];
      const compact = sizesOf(scope, scope.elements[id])?.compact;
      const place = places.find((entry) => entry.id === id);
      const h = place && !("z" in place) ? place.h : PHONE_ROWS_MIN;
      const automatic = { span: compact?.span ?? 2, h: compact?.h ?? Math.max(PHONE_ROWS_MIN, h) };
      const chosen = own ? { span: own.w <= COLUMNS / 2 ? (1 as const) : (2 as const), h: own.h } : automatic;
      return { id, ...chosen, grows: isContainer(scope.elements[id]), fixed: own !== undefined };
    });
  return closeGaps(list);
}

/** What joins others says nothing without the picture. */
const JOINS = new Set(["pipe"]);

/** Drawing without data: it belongs to the picture, not to a list of what can be read. */
function isDecoration(element: Element | undefined): boolean {
  if (!element || JOINS.has(element.type)) return true;
  return Object.keys(element.bind ?? {}).length === 0 && !Object.keys(element.events ?? {}).length;
}

/** A symbol in a list is a row: a small drawing with its words beside it. */
const SYMBOL_ROWS = 2;

function listOf(scope: ScopeParts, list: PhonePlace[], holder: string): PhonePlace[] {
  const own = areaOf(scope.layout, "sm", holder)?.items ?? {};
  const isSymbol = ({ id }: PhonePlace) =>
    blocks.get(scope.elements[id]?.type ?? "")?.manifest.kind === "symbol" && !own[id];
  return list.map((place) => (isSymbol(place) ? { ...place, h: SYMBOL_ROWS } : place));
}

function free(scope: ScopeParts, holder: string, ids: string[], area: FreeArea): Arrangement {
  const places = ids.flatMap((id): FreePlace[] => {
    const item = area.items?.[id];
    return item ? [{ ...item, id }] : [];
  });
  // The order in which a keyboard and a screen reader go through it is that of reading, not that of lying over.
  places.sort(byReading);
  const readable = ids.filter((id) => !isDecoration(scope.elements[id]));
  const list = listOf(scope, phone(scope, holder, readable, places), holder);
  return { kind: "free", area, places, list };
}

/** Where the elements of an area stand at the scope's breakpoint. */
export function arrange(scope: ScopeParts, holder: string): Arrangement {
  const ids = members(scope, holder);
  const area = areaOf(scope.layout, "lg", holder);
  if (area?.kind === "free") return free(scope, holder, ids, area);
  if (scope.breakpoint !== "sm") return wide(scope, holder, ids, area);
  const hidden = ids.filter((id) => !isHidden(area?.items, id));
  return {
    kind: "phone",
    places: phone(scope, holder, hidden, withStrays(scope, hidden, area?.items ?? {})),
  };
}
