import type { Element, NavItem, PageDocument } from "../../generated/documents.gen";
import type { Change, Draft } from "../model/contract";
import { ELEMENT_ID, newElementId } from "../model/ids";

export type Archetype = NonNullable<PageDocument["archetype"]>;
type Step = { action: string; page?: string; app?: string | null };

/** An empty page for a purpose. */
export function newPage(
  id: string,
  title: Record<string, string>,
  archetype: Archetype,
  kind: "grid" | "free",
): PageDocument {
  const icons: Record<Archetype, string> = {
    workspace: "line",
    station: "press",
    review: "table",
    wall: "eye",
  };
  const lg =
    kind === "free"
      ? { kind, width: 1200, height: 700, items: {}, slots: {} }
      : { kind, items: {}, slots: {} };
  return { format: 1, id, title, archetype, icon: icons[archetype], elements: {}, layout: { lg } };
}

/** A page again under another id, its elements with ids of their own; what names them inside the page follows. */
export function copyOfPage(page: PageDocument, id: string, title: Record<string, string>): PageDocument {
  const ids = new Map<string, string>();
  for (const old of Object.keys(page.elements ?? {})) {
    ids.set(
      old,
      newElementId((taken) => [...ids.values()].includes(taken)),
    );
  }
  return { ...(renewed(page, ids) as PageDocument), id, title };
}

function renewed(node: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof node === "string") return ids.get(node) ?? node;
  if (Array.isArray(node)) return node.map((item) => renewed(item, ids));
  if (typeof node !== "object" || node === null) return node;
  return Object.fromEntries(
    Object.entries(node).map(([name, value]) => [renamedKey(name, ids), renewed(value, ids)]),
  );
}

/** Elements are keys of their own, and the first part of the key of a slot. */
function renamedKey(name: string, ids: ReadonlyMap<string, string>): string {
  const [first = "", ...rest] = name.split("/");
  if (!ELEMENT_ID.test(first)) return name;
  return [ids.get(first) ?? first, ...rest].join("/");
}

const leadsTo = (step: Step, page: string) => "page" in step && step.page === page && !step.app;

function stepsOf(events: Element["events"]): Step[] {
  return Object.values(events ?? {}).flatMap((steps) => (Array.isArray(steps) ? steps : [steps])) as Step[];
}

function* documents(draft: Draft) {
  for (const page of Object.values(draft.pages))
    yield { path: ["pages", page.id], elements: page.elements ?? {} };
  for (const [key, block] of Object.entries(draft.blocks)) {
    yield { path: ["blocks", key], elements: block.elements ?? {} };
  }
}

/** How many actions and page properties lead to a page, beside the menu. */
export function linksTo(draft: Draft, page: string): number {
  let count = 0;
  for (const { elements } of documents(draft)) {
    for (const { events, props } of Object.values(elements)) {
      count += stepsOf(events).filter((step) => leadsTo(step, page)).length;
      if (props?.page === page) count += 1;
    }
  }
  return count;
}

/** A new id for a page: the menu, the rotation, breadcrumbs, tests, actions and links follow in one step. */
export function changePageId(draft: Draft, from: string, to: string): Change[] {
  const page = draft.pages[from];
  if (!page || draft.pages[to]) return [];
  const { nav, kiosk, home } = draft.app;
  const swap = <T extends { page: string }>(list: readonly T[]) =>
    list.map((item) => (item.page === from ? { ...item, page: to } : item));
  const changes: Change[] = [
    { path: ["pages", from], value: undefined },
    { path: ["pages", to], value: { ...page, id: to } },
  ];
  if (nav) changes.push({ path: ["app", "nav"], value: swap(nav) });
  if (kiosk) changes.push({ path: ["app", "kiosk"], value: swap(kiosk) });
  if (home === from) changes.push({ path: ["app", "home"], value: to });
  for (const other of Object.values(draft.pages)) {
    if (other.parent === from)
      changes.push({ path: ["pages", other.id === from ? to : other.id, "parent"], value: to });
  }
  for (const [key, test] of Object.entries(draft.tests)) {
    if (test.page === from) changes.push({ path: ["tests", key, "page"], value: to });
  }
  return [...changes, ...elementChanges(draft, from, to)];
}

function elementChanges(draft: Draft, from: string, to: string): Change[] {
  const changes: Change[] = [];
  for (const { path, elements } of documents(draft)) {
    const [kind = "", key = ""] = path;
    const base = [kind, kind === "pages" && key === from ? to : key, "elements"];
    for (const [id, element] of Object.entries(elements)) {
      if (element.props?.page === from) changes.push({ path: [...base, id, "props", "page"], value: to });
      for (const [event, steps] of Object.entries(element.events ?? {})) {
        const turned = (step: Step) => (leadsTo(step, from) ? { ...step, page: to } : step);
        const list = (Array.isArray(steps) ? steps : [steps]) as Step[];
        if (!list.some((step) => leadsTo(step, from))) continue;
        const value = Array.isArray(steps) ? list.map(turned) : turned(list[0] as Step);
        changes.push({ path: [...base, id, "events", event], value });
      }
    }
  }
  return changes;
}

/** The menu with one entry moved by one place. */
export function movedInMenu(nav: readonly NavItem[], page: string, by: 1 | -1): NavItem[] {
  const from = nav.findIndex((entry) => entry.page === page);
  const to = from + by;
  const list = [...nav];
  const [entry] = from >= 0 && to >= 0 && to < list.length ? list.splice(from, 1) : [];
  if (entry) list.splice(to, 0, entry);
  return list;
}

/** Pages in the order of the menu, those outside it after them. */
export function orderedPages(draft: Draft): PageDocument[] {
  const inMenu = (draft.app.nav ?? []).flatMap(({ page }) => draft.pages[page] ?? []);
  const named = new Set(inMenu.map(({ id }) => id));
  const others = Object.values(draft.pages).filter(({ id }) => !named.has(id));
  return [...new Set(inMenu), ...others.sort((a, b) => a.id.localeCompare(b.id))];
}
