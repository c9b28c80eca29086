import type { Change, Path } from "./contract";

type Members = Readonly<Record<string, unknown>>;

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a path; `undefined` where a member is missing. */
export function getAt(root: unknown, path: Path): unknown {
  let node: unknown = root;
  for (const name of path) {
    if (!isMembers(node) || !Object.hasOwn(node, name)) return undefined;
    node = node[name];
  }
  return node;
}

/** The same document with one member set (`undefined`: removed); what is not on the way keeps its identity. */
export function setAt<T>(root: T, path: Path, value: unknown): T {
  return put(root, path, 0, value) as T;
}

function put(node: unknown, path: Path, depth: number, value: unknown): unknown {
  const name = path[depth];
  if (name === undefined) return value;
  if (name === "__proto__") throw new RangeError("a member of a document cannot be named __proto__");
  const members = isMembers(node) ? node : {};
  if (depth === path.length - 1 && value === undefined) {
    if (!Object.hasOwn(members, name)) return node;
    const { [name]: _removed, ...rest } = members;
    return rest;
  }
  const child = Object.hasOwn(members, name) ? members[name] : undefined;
  return { ...members, [name]: put(child, path, depth + 1, value) };
}

/** Whether two JSON values are the same, whatever the order of their members. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index]));
  }
  if (!isMembers(a) || !isMembers(b)) return false;
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => Object.hasOwn(b, name) && sameJson(a[name], b[name]));
}

/** How to take a change back: what was there, or the removal of the first member that had to be made. */
function inverseOf(root: unknown, path: Path): Change {
  let node: unknown = root;
  for (const [depth, name] of path.entries()) {
    if (!isMembers(node) || !Object.hasOwn(node, name)) {
      return { path: path.slice(0, depth + 1), value: undefined };
    }
    node = node[name];
  }
  return { path, value: node };
}

export interface Applied<T> {
  readonly root: T;
  /** What was really changed, without what was so already. */
  readonly forward: readonly Change[];
  /** Takes `forward` back, when applied in this order. */
  readonly inverse: readonly Change[];
}

/** Applies changes one after the other. */
export function applyChanges<T>(root: T, changes: readonly Change[]): Applied<T> {
  let next = root;
  const forward: Change[] = [];
  const inverse: Change[] = [];
  for (const change of changes) {
    if (change.path.length === 0) throw new RangeError("a change names what it changes");
    if (sameJson(getAt(next, change.path), change.value)) continue;
    inverse.unshift(inverseOf(next, change.path));
    forward.push(change);
    next = setAt(next, change.path, change.value);
  }
  return { root: next, forward, inverse };
}
