import type { Element } from "../../generated/documents.gen";
import { blockCanvas } from "../model/canvas_key";
import type { CanvasKey, Change, Draft, Path } from "../model/contract";
import { givesParam, isNode, type Node, renamedMember, type UseQuery, withParamNamed } from "./links";
import { outsideChanges } from "./usage_outside";

export type { UseQuery };

/** One place where something is used. */
export interface Use {
  readonly canvas: CanvasKey;
  readonly element: string;
  /** Where in the element: `bind`, `events`, and the pointer or event; `props` as a whole. */
  readonly part: "bind" | "events" | "props";
  readonly name: string;
}

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

/** Everything of an element that may hold bindings or ways to pages: each bound pointer, each event, its settings. */
function partsOf(element: Element): { part: Use["part"]; name: string; value: unknown }[] {
  const props = element.props ? [{ part: "props" as const, name: "", value: element.props }] : [];
  return [
    ...Object.entries(element.bind ?? {}).map(([name, value]) => ({ part: "bind" as const, name, value })),
    ...Object.entries(element.events ?? {}).map(([name, value]) => ({
      part: "events" as const,
      name,
      value,
    })),
    ...props,
  ];
}

/** Calls back for every object inside bindings, events and settings of the whole app. */
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

/** Whether an object on a canvas is a use of what is looked for. */
export function isUse(node: Node, query: UseQuery, canvas: CanvasKey): boolean {
  // A parameter of a page is named by what leads to that page, wherever this stands.
  if (query.kind === "param" && givesParam(node, query.param, query.canvas)) return true;
  if ("canvas" in query && query.canvas !== undefined && query.canvas !== canvas) return false;
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

/** Where something is used, each place once. */
export function usesOf(draft: Draft, query: UseQuery): Use[] {
  const found = new Map<string, Use>();
  visitNodes(draft, (node, use) => {
    if (isUse(node, query, use.canvas))
      found.set(`${use.canvas}|${use.element}|${use.part}|${use.name}`, use);
  });
  return [...found.values()];
}

/** The same use of another thing. */
function replaced(node: Node, query: UseQuery, canvas: CanvasKey, to: string): Node {
  if (!isUse(node, query, canvas)) return node;
  switch (query.kind) {
    case "role":
      return { ...node, role: to };
    case "asset":
      return { ...node, asset: to };
    case "param":
      if (givesParam(node, query.param, query.canvas)) return withParamNamed(node, query.param, to);
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
    for (const [id, element] of Object.entries(elements)) {
      if (only && !only.has(`${canvas}|${id}`)) continue;
      for (const { part, name, value } of partsOf(element)) {
        const next = mapNodes(value, (node) => replaced(node, query, canvas, to));
        const at = [...path, "elements", id, part, ...(name === "" ? [] : [name])];
        if (next !== value) changes.push({ path: at, value: next });
      }
    }
  }
  return changes;
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
    ...canvases.flatMap((one) => outsideChanges(draft, { kind: "state", state: from, canvas: one }, to)),
  ];
}

/** A text in each language with a placeholder under another name. */
function withPlaceholder(text: unknown, from: string, to: string): unknown {
  if (typeof text === "string") return text.replaceAll(`{${from}}`, `{${to}}`);
  return isNode(text)
    ? Object.fromEntries(Object.entries(text).map(([key, one]) => [key, withPlaceholder(one, from, to)]))
    : text;
}

/**
 * Gives a parameter of a page another name: in the page's bindings and title, in everything that leads to the page
 * (steps of events, links, embedded pages, the rotation) and in the tests that open it.
 */
export function renameParam(draft: Draft, page: string, from: string, to: string): Change[] {
  const holder = draft.pages[page];
  const changes: Change[] = [
    { path: ["pages", page, "params"], value: renamedMember(holder?.params ?? {}, from, to) },
    ...replaceChanges(draft, { kind: "param", param: from, canvas: page }, to),
  ];
  const put = (path: Path, before: unknown, after: unknown) => {
    if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, value: after });
  };
  put(["pages", page, "title"], holder?.title, withPlaceholder(holder?.title, from, to));
  const inWay = (node: Node) => (givesParam(node, from, page) ? withParamNamed(node, from, to) : node);
  put(["app", "kiosk"], draft.app.kiosk, mapNodes(draft.app.kiosk, inWay));
  for (const [id, test] of Object.entries(draft.tests)) {
    if (isNode(test)) put(["tests", id], test, inWay(test));
  }
  return changes;
}
