import { canvasPath } from "../model/canvas_key";
import type { CanvasKey, Change, Draft, Path } from "../model/contract";
import { getAt, isMembers } from "../model/paths";

/** A text of the app in its languages, and where it stands. */
export interface AppText {
  /** Its path as one string: what a CSV file calls it. */
  key: string;
  path: Path;
  /** Page or block it is on; empty for the app itself. */
  canvas: CanvasKey | "";
  element: string | null;
  texts: Readonly<Record<string, string>>;
}

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z]{2,4})?$/;

/** An object is a text when all its members are named after languages and hold words. */
function isText(node: unknown): node is Record<string, string> {
  if (!isMembers(node)) return false;
  const entries = Object.entries(node);
  return (
    entries.length > 0 &&
    ("en" in node || "zh-CN" in node) &&
    entries.every(([name, value]) => LANGUAGE.test(name) && typeof value === "string")
  );
}

/** Parts of documents in which such an object is no text. */
const NOT_TEXTS = new Set(["layout", "bind", "access", "theme", "requires"]);

function* walk(node: unknown, path: Path): Generator<{ path: Path; texts: Record<string, string> }> {
  if (isText(node)) {
    yield { path, texts: node };
    return;
  }
  if (Array.isArray(node)) {
    for (const [index, item] of node.entries()) yield* walk(item, [...path, String(index)]);
    return;
  }
  if (!isMembers(node)) return;
  for (const [name, value] of Object.entries(node)) {
    if (!NOT_TEXTS.has(name)) yield* walk(value, [...path, name]);
  }
}

const keyOf = (path: Path) => path.map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).join("/");

/** Every text of the app, its pages and its blocks. */
export function collectTexts(draft: Draft): AppText[] {
  const found: AppText[] = [];
  const take = (node: unknown, path: Path, canvas: AppText["canvas"]) => {
    for (const { path: at, texts } of walk(node, path)) {
      const inside = at.slice(path.length);
      const element = inside[0] === "elements" ? (inside[1] ?? null) : null;
      found.push({ key: keyOf(at), path: at, canvas, element, texts });
    }
  };
  take(draft.app, ["app"], "");
  for (const id of Object.keys(draft.pages).sort()) take(draft.pages[id], ["pages", id], id);
  for (const key of Object.keys(draft.blocks).sort()) {
    take(draft.blocks[key], canvasPath(`block:${key}`), `block:${key}`);
  }
  return found;
}

/** The change that puts a value at a path that may lead through lists: a list is changed as a whole. */
export function changeThrough(draft: Draft, path: Path, value: unknown): Change {
  for (let depth = 1; depth < path.length; depth += 1) {
    const list = getAt(draft, path.slice(0, depth));
    if (Array.isArray(list))
      return { path: path.slice(0, depth), value: within(list, path.slice(depth), value) };
  }
  return { path, value };
}

function within(node: unknown, path: Path, value: unknown): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  if (Array.isArray(node))
    return node.map((item, n) => (String(n) === name ? within(item, rest, value) : item));
  return isMembers(node) ? { ...node, [name]: within(node[name], rest, value) } : node;
}

/** A text with one language set; an empty one is taken out, but English stays. */
export function withLanguage(
  texts: AppText["texts"],
  language: string,
  value: string,
): Record<string, string> {
  const { [language]: _old, ...rest } = texts;
  return value || language === "en" ? { ...rest, [language]: value } : rest;
}

/** Changes for several texts; those in one list become one change. */
export function textChanges(draft: Draft, wanted: ReadonlyMap<string, AppText["texts"]>): Change[] {
  let next = draft;
  const changes = new Map<string, Change>();
  for (const text of collectTexts(draft)) {
    const value = wanted.get(text.key);
    if (!value) continue;
    const change = changeThrough(next, text.path, value);
    changes.set(JSON.stringify(change.path), change);
    next = { ...next, ...(within(next, change.path, change.value) as Draft) };
  }
  return [...changes.values()];
}
