import type { Element } from "../../generated/documents.gen";
import { blockCanvas } from "../model/canvas_key";
import type { CanvasKey, Change, Draft, Path } from "../model/contract";

/** What is looked for over the whole app. */
export type UseQuery =
  | { kind: "role"; role: string; asset?: string }
  | { kind: "asset"; asset: string }
  | { kind: "param"; param: string; canvas?: CanvasKey }
  | { kind: "state"; state: string; canvas?: CanvasKey };

/** One place where something is used. */
export interface Use {
  readonly canvas: CanvasKey;
  readonly element: string;
  /** Where in the element: `bind`, `events`, and the pointer or event. */
  readonly part: "bind" | "events";
  readonly name: string;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The same value with every object in it changed that `change` gives another for; what stays keeps its identity. */
export function mapNodes(value: unknown, change: (node: Node) => Node): unknown {
  if (Array.isArray(value)) {
    const next = value.map((item) => mapNodes(item, change));
    return next.some((item, index) => item !== value[index]) ? next : value;
  }
  if (!isNode(value)) return value;
  const changed = change(value);
  let next = changed;
  for (const [key, member] of Object.entries(changed)) {
    const mapped = mapNodes(member, change);
    if (mapped !== member) next = { ...next, [key]: mapped };
  }
  return next;
}

export interface Holder {
  readonly canvas: CanvasKey;
  readonly path: Path;
  readonly elements: Readonly<Record<string, Element>>;
}

/** Every page and every version of a block, with its elements. */
export function holdersOf(draft: Draft): Holder[] {
  const pages = Object.values(draft.pages).map((page) => ({
    canvas: page.id,
    path: ["pages", page.id],
    elements: page.elements ?? {},
  }));
  const blocks = Object.entries(draft.blocks).map(([key, block]) => ({
    canvas: blockCanvas(block.id, block.version),
    path: ["blocks", key],
    elements: block.elements ?? {},
  }));
  return [...pages, ...blocks];
}

/** Everything of an element that may hold bindings: each bound pointer, each event. */
function partsOf(element: Element): { part: Use["part"]; name: string; value: unknown }[] {
  return [
    ...Object.entries(element.bind ?? {}).map(([name, value]) => ({ part: "bind" as const, name, value })),
    ...Object.entries(element.events ?? {}).map(([name, value]) => ({
      part: "events" as const,
      name,
      value,
    })),
  ];
}

/** Calls back for every object inside bindings and events of the whole app. */
export function visitNodes(draft: Draft, visit: (node: Node, use: Use) => void): void {
  for (const { canvas, elements } of holdersOf(draft)) {
    for (const [id, element] of Object.entries(elements)) {
      for (const { part, name, value } of partsOf(element)) {
        const use = { canvas, element: id, part, name };
        mapNodes(value, (node) => {
          visit(node, use);
          return node;
        });
      }
    }
  }
}

const isTagLike = (node: Node): boolean =>
  node.source === "tag" || node.source === "history" || node.action === "write_tag";
const paramOf = (node: Node): unknown => (isNode(node.asset) ? node.asset.param : undefined);

/** Whether an object is a use of what is looked for. */
export function isUse(node: Node, query: UseQuery): boolean {
  switch (query.kind) {
    case "role":
      return (
        isTagLike(node) &&
        node.role === query.role &&
        (query.asset === undefined || node.asset === query.asset)
      );
    case "asset":
      return isTagLike(node) && node.asset === query.asset;
    case "param":
      return (
        (node.source === "param" && node.param === query.param) ||
        (isTagLike(node) && paramOf(node) === query.param)
      );
    case "state":
      return (node.source === "state" || node.action === "set_state") && node.name === query.state;
  }
}

const inScope = (query: UseQuery, canvas: CanvasKey): boolean =>
  !("canvas" in query) || query.canvas === undefined || query.canvas === canvas;

/** Where something is used, each place once. */
export function usesOf(draft: Draft, query: UseQuery): Use[] {
  const found = new Map<string, Use>();
  visitNodes(draft, (node, use) => {
    if (inScope(query, use.canvas) && isUse(node, query))
      found.set(`${use.canvas}|${use.element}|${use.part}|${use.name}`, use);
  });
  return [...found.values()];
}

/** The same use of another thing. */
function replaced(node: Node, query: UseQuery, to: string): Node {
  if (!isUse(node, query)) return node;
  switch (query.kind) {
    case "role":
      return { ...node, role: to };
    case "asset":
      return { ...node, asset: to };
    case "param":
      return node.source === "param" ? { ...node, param: to } : { ...node, asset: { param: to } };
    case "state":
      return { ...node, name: to };
  }
}

/** The changes that put another thing in the place of what is looked for, everywhere; one step of undo together. */
export function replaceChanges(
  draft: Draft,
  query: UseQuery,
  to: string,
  only?: ReadonlySet<string>,
): Change[] {
  const changes: Change[] = [];
  for (const { canvas, path, elements } of holdersOf(draft)) {
    if (!inScope(query, canvas)) continue;
    for (const [id, element] of Object.entries(elements)) {
      if (only && !only.has(`${canvas}|${id}`)) continue;
      for (const { part, name, value } of partsOf(element)) {
        const next = mapNodes(value, (node) => replaced(node, query, to));
        if (next !== value) changes.push({ path: [...path, "elements", id, part, name], value: next });
      }
    }
  }
  return changes;
}

type Members = Readonly<Record<string, unknown>>;

/** A member under another name, at the same place in the order. */
function renamedMember<T extends Members>(members: T, from: string, to: string): Members {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => [name === from ? to : name, value]),
  );
}

/** Gives a state another name, of the page or of the whole app, and every use of it as well. */
export function renameState(draft: Draft, canvas: CanvasKey | null, from: string, to: string): Change[] {
  const holder = canvas === null ? draft.app : draft.pages[canvas];
  const path = canvas === null ? ["app", "state"] : ["pages", canvas, "state"];
  const states = holder?.state ?? {};
  // A page's own state of the same name hides that of the app: its uses are not of the app's state.
  const pages = canvas === null ? Object.values(draft.pages).filter((page) => !page.state?.[from]) : [];
  const blocks = canvas === null ? holdersOf(draft).filter((one) => one.path[0] === "blocks") : [];
  const canvases =
    canvas === null ? [...pages.map((page) => page.id), ...blocks.map((one) => one.canvas)] : [canvas];
  return [
    { path, value: renamedMember(states, from, to) },
    ...canvases.flatMap((one) => replaceChanges(draft, { kind: "state", state: from, canvas: one }, to)),
  ];
}

/** Gives a parameter of a page another name: in its bindings, in links that open the page, in the rotation. */
export function renameParam(draft: Draft, page: string, from: string, to: string): Change[] {
  const params = draft.pages[page]?.params ?? {};
  const changes: Change[] = [
    { path: ["pages", page, "params"], value: renamedMember(params, from, to) },
    ...replaceChanges(draft, { kind: "param", param: from, canvas: page }, to),
  ];
  const inLink = (node: Node): Node => {
    const opens =
      (node.action === "navigate" || node.action === "open_dialog") && node.page === page && !node.app;
    return opens && isNode(node.params) && from in node.params
      ? { ...node, params: renamedMember(node.params, from, to) }
      : node;
  };
  const touched = new Map(changes.map((change) => [change.path.join("\n"), change]));
  for (const { path, elements } of holdersOf(draft)) {
    for (const [id, element] of Object.entries(elements)) {
      for (const { name, value } of partsOf(element).filter(({ part }) => part === "events")) {
        const at = [...path, "elements", id, "events", name];
        const before = touched.get(at.join("\n"))?.value ?? value;
        const next = mapNodes(before, inLink);
        if (next !== before) touched.set(at.join("\n"), { path: at, value: next });
      }
    }
  }
  const kiosk = mapNodes(draft.app.kiosk ?? [], (node) =>
    node.page === page && isNode(node.params) && from in node.params
      ? { ...node, params: renamedMember(node.params, from, to) }
      : node,
  );
  const out = [...touched.values()];
  if (kiosk !== (draft.app.kiosk ?? [])) out.push({ path: ["app", "kiosk"], value: kiosk });
  return out;
}
