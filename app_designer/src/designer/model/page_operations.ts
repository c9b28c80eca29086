import type { GridItem, PageDocument } from "../../generated/documents.gen";
import { type AreaKey, areaOf, areaOfElement } from "./areas";
import { canvasPath, elementsOf } from "./canvas_key";
import type { Change, Draft, Path } from "./contract";
import type { At } from "./operations";
import { getAt } from "./paths";

/** Changes that add a page (and its entry in the menu). */
export function addPage(draft: Draft, page: PageDocument, options: { menu?: boolean } = {}): Change[] {
  const changes: Change[] = [{ path: ["pages", page.id], value: page }];
  if (options.menu !== false) {
    const entry = { page: page.id, label: page.title, icon: page.icon ?? "" };
    changes.push({ path: ["app", "nav"], value: [...(draft.app.nav ?? []), entry] });
  }
  return changes;
}

/** Changes that remove a page and what names it: menu, rotation, breadcrumbs. The last page stays. */
export function removePage(draft: Draft, id: string): Change[] {
  const left = Object.keys(draft.pages).filter((page) => page !== id);
  const [first] = left;
  if (first === undefined || !draft.pages[id]) return [];
  const changes: Change[] = [{ path: ["pages", id], value: undefined }];
  const { nav, kiosk, home } = draft.app;
  if (nav?.some((entry) => entry.page === id)) {
    changes.push({ path: ["app", "nav"], value: nav.filter((entry) => entry.page !== id) });
  }
  if (kiosk?.some((stop) => stop.page === id)) {
    changes.push({ path: ["app", "kiosk"], value: kiosk.filter((stop) => stop.page !== id) });
  }
  if (home === id) changes.push({ path: ["app", "home"], value: first });
  for (const page of left) {
    if (draft.pages[page]?.parent === id) changes.push({ path: ["pages", page, "parent"], value: undefined });
  }
  return changes;
}

/** A new title of a page, also in the menu where the menu has the old one. */
export function renamePage(draft: Draft, id: string, title: Readonly<Record<string, string>>): Change[] {
  const page = draft.pages[id];
  if (!page) return [];
  const before = JSON.stringify(page.title);
  const nav = (draft.app.nav ?? []).map((entry) =>
    entry.page === id && JSON.stringify(entry.label) === before ? { ...entry, label: title } : entry,
  );
  return [
    { path: ["pages", id, "title"], value: title },
    ...(draft.app.nav ? [{ path: ["app", "nav"], value: nav }] : []),
  ];
}

export type SmallBreakpoint = "md" | "sm";

function overrideBase(
  at: At,
  size: SmallBreakpoint,
  id: string,
  key: AreaKey = areaOfElement(elementsOf(at.draft, at.canvas)[id]),
): { base: Path; area: Path; key: AreaKey } {
  const base = [...canvasPath(at.canvas), "layout", size];
  return { base, area: key === "" ? base : [...base, "slots", key], key };
}

/** What a smaller screen has differently for an element; null: the automatic layout. */
export function overrideOf(at: At, size: SmallBreakpoint, id: string): GridItem | null {
  const { area } = overrideBase(at, size, id);
  return (getAt(at.draft, [...area, "items", id]) as GridItem | undefined) ?? null;
}

/** Sets (null: takes back) what a smaller screen has differently for an element; in the area it is in, or comes into. */
export function setOverride(
  at: At,
  size: SmallBreakpoint,
  id: string,
  item: GridItem | null,
  into?: AreaKey,
): Change[] {
  const { base, area, key } = overrideBase(at, size, id, into);
  if (item === null) return dropOverride(at, base, area, id);
  const changes: Change[] = [];
  if (!getAt(at.draft, base)) changes.push({ path: base, value: { kind: "grid", items: {} } });
  if (key !== "" && !getAt(at.draft, area)) {
    const { kind } = areaOf(at.draft, at.canvas, key);
    changes.push({ path: area, value: { kind, items: {} } });
  }
  return [...changes, { path: [...area, "items", id], value: item }];
}

/** Several overrides at once; the layout of the small screen is made once. */
export function setOverrides(
  at: At,
  size: SmallBreakpoint,
  items: Readonly<Record<string, GridItem>>,
  into?: AreaKey,
): Change[] {
  const changes: Change[] = [];
  const made = new Set<string>();
  for (const [id, item] of Object.entries(items)) {
    for (const change of setOverride(at, size, id, item, into)) {
      const key = change.path.join("/");
      if (made.has(key)) continue;
      made.add(key);
      changes.push(change);
    }
  }
  return changes;
}

/** The last override takes the layout of that size with it, so that the file is as it was before the first. */
function dropOverride(at: At, base: Path, area: Path, id: string): Change[] {
  const items = getAt(at.draft, [...area, "items"]) as Record<string, unknown> | undefined;
  if (!items?.[id]) return [];
  const slots = Object.keys((getAt(at.draft, [...base, "slots"]) as object | undefined) ?? {});
  const own = Object.keys((getAt(at.draft, [...base, "items"]) as object | undefined) ?? {});
  const last = area.length === base.length ? own.length === 1 && slots.length === 0 : false;
  return [{ path: last ? base : [...area, "items", id], value: undefined }];
}

/** Takes back everything a smaller screen has differently on this page. */
export function resetOverrides(at: At, size: SmallBreakpoint): Change[] {
  return [{ path: [...canvasPath(at.canvas), "layout", size], value: undefined }];
}
