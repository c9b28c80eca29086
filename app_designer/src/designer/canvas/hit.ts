import type { AreaKind } from "../model/areas";

/** An area on the screen, in px of the window. */
export interface AreaOnScreen {
  readonly key: string;
  readonly kind: AreaKind | "phone";
  readonly node: HTMLElement;
  readonly box: DOMRect;
  /** Grid: width of a column and height of a row with their gap. Free: px per unit, twice. */
  readonly stepX: number;
  readonly stepY: number;
  readonly gapX: number;
  readonly gapY: number;
}

const COLUMNS = 12;

export function measureArea(node: HTMLElement): AreaOnScreen {
  const box = node.getBoundingClientRect();
  const key = node.dataset.area ?? "";
  const kind = (node.dataset.kind ?? "grid") as AreaOnScreen["kind"];
  // Inside the zoomed artboard a CSS px is this many px of the window.
  const scale = node.offsetWidth > 0 ? box.width / node.offsetWidth : 1;
  if (kind === "free") return { key, kind, node, box, stepX: scale, stepY: scale, gapX: 0, gapY: 0 };
  const style = getComputedStyle(node);
  const gapX = (Number.parseFloat(style.columnGap) || 0) * scale;
  const gapY = (Number.parseFloat(style.rowGap) || 0) * scale;
  const columns = kind === "phone" ? 2 : COLUMNS;
  const row = (Number.parseFloat(style.gridAutoRows) || 40) * scale;
  return { key, kind, node, box, stepX: (box.width + gapX) / columns, stepY: row + gapY, gapX, gapY };
}

/** The innermost area under a point that is not inside one of `except`. */
export function areaAt(x: number, y: number, except: ReadonlySet<string>): AreaOnScreen | null {
  for (const hit of document.elementsFromPoint(x, y)) {
    const found = hit.closest<HTMLElement>('[data-area], [data-holds="true"]');
    if (!found || isInside(found, except)) continue;
    // Anywhere on a container means its inside, also where that does not fill it.
    const node = found.dataset.area === undefined ? insideOf(found) : found;
    if (node) return measureArea(node);
  }
  return null;
}

function insideOf(box: HTMLElement): HTMLElement | null {
  const areas = [...box.querySelectorAll<HTMLElement>("[data-area]")];
  return areas.find((area) => area.closest("[data-element]") === box && area.offsetParent !== null) ?? null;
}

function isInside(node: HTMLElement, ids: ReadonlySet<string>): boolean {
  for (let box = node.closest<HTMLElement>("[data-element]"); box; ) {
    if (ids.has(box.dataset.element ?? "")) return true;
    box = box.parentElement?.closest<HTMLElement>("[data-element]") ?? null;
  }
  return false;
}

/** The element boxes of an id; more than one where a repeater shows it several times. */
export function nodesOf(root: ParentNode, id: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(`[data-element="${CSS.escape(id)}"]`)];
}

export function boxAt(target: EventTarget | null): HTMLElement | null {
  return target instanceof globalThis.Element ? target.closest<HTMLElement>("[data-element]") : null;
}
