import type { Conflict, Path } from "../model/contract";
import { getAt, isMembers, sameJson, setAt } from "../model/paths";
import { draftPath, type Files } from "./files";

/** Depth of the units that are taken whole, counted in the file; a file deleted on one side is a unit itself. */
function isUnit(path: Path): boolean {
  const [first, , third] = path;
  if (first === "elements") return path.length === 2;
  if (first === "layout") return third === "items" ? path.length === 4 : layoutUnit(path);
  return path.length === (first === "params" || first === "state" || first === "theme" ? 2 : 1);
}

function layoutUnit(path: Path): boolean {
  if (path[2] === "slots")
    return path[4] === "items" ? path.length === 6 : path.length === 5 && path[4] !== "items";
  return path.length === 3 && path[2] !== "items" && path[2] !== "slots";
}

interface Three {
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

export interface Merged {
  readonly document: unknown;
  readonly conflicts: readonly Omit<Conflict, "by">[];
}

type Found = { path: Path; three: Three; value: unknown; conflict: boolean };

function merge(three: Three, path: Path, found: Found[]): void {
  const { base, mine, theirs } = three;
  if (sameJson(mine, theirs) || sameJson(theirs, base)) return;
  if (!isUnit(path) && isMembers(mine) && isMembers(theirs) && sameKind(mine, theirs)) {
    const names = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    const before = isMembers(base) ? base : {};
    for (const name of names) {
      const part = { base: own(before, name), mine: own(mine, name), theirs: own(theirs, name) };
      merge(part, [...path, name], found);
    }
    return;
  }
  const untouched = sameJson(mine, base);
  found.push({ path, three, value: untouched ? theirs : mine, conflict: !untouched });
}

/** Places on a grid and on a free canvas do not mix. */
const sameKind = (a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) =>
  a.kind === b.kind;

const own = (members: Readonly<Record<string, unknown>>, name: string) =>
  Object.hasOwn(members, name) ? members[name] : undefined;

/** An element one side needs (its place, its children) and the other deleted: deleting is the question, not the rest. */
function keepNeeded(three: Three, found: Found[]): Found[] {
  const kept: Found[] = [];
  for (const entry of found) {
    const removed = entry.path[0] === "elements" && !entry.conflict && entry.value === undefined;
    if (removed && needed(three, entry.path[1] ?? ""))
      kept.push({ ...entry, value: entry.three.mine, conflict: true });
    else kept.push(entry);
  }
  const asked = new Set(kept.filter((e) => e.conflict && e.path[0] === "elements").map((e) => e.path[1]));
  // The place of an element that may be deleted stays until that is decided.
  return kept.filter(
    (e) => !(e.path[0] === "layout" && e.three.theirs === undefined && asked.has(e.path.at(-1))),
  );
}

/** Whether this side put something into an element, or moved it, since both were the same. */
function needed(three: Three, id: string): boolean {
  const elements = getAt(three.mine, ["elements"]);
  const before = getAt(three.base, ["elements"]);
  if (!isMembers(elements)) return false;
  const holds = Object.entries(elements).some(
    ([child, element]) =>
      getAt(element, ["parent", "id"]) === id &&
      !sameJson(element, isMembers(before) ? before[child] : undefined),
  );
  return holds || !sameJson(placesOf(three.mine, id), placesOf(three.base, id));
}

function placesOf(document: unknown, id: string): unknown[] {
  const places: unknown[] = [];
  const layout = getAt(document, ["layout"]);
  if (!isMembers(layout)) return places;
  for (const name of ["lg", "md", "sm"]) {
    places.push(getAt(layout, [name, "items", id]) ?? null);
    const slots = getAt(layout, [name, "slots"]);
    if (isMembers(slots))
      for (const slot of Object.keys(slots)) places.push(getAt(slots, [slot, "items", id]) ?? null);
  }
  return places.filter((place) => place !== null);
}

/** Merges two documents that come from one. What only one side changed is taken; where both did, mine stays and is a conflict. */
export function mergeDocument(three: Three): Merged {
  const { mine, theirs, base } = three;
  if (sameJson(mine, base)) return { document: theirs, conflicts: [] };
  if (!isMembers(mine) || !isMembers(theirs)) {
    const same = sameJson(mine, theirs) || sameJson(theirs, base);
    return { document: mine, conflicts: same ? [] : [{ path: [], ...three }] };
  }
  const raw: Found[] = [];
  merge(three, [], raw);
  const found = keepNeeded(three, raw);
  let document: unknown = mine;
  for (const { path, value, conflict } of found) if (!conflict) document = setAt(document, path, value);
  const conflicts = found.filter((e) => e.conflict).map((e) => ({ path: e.path, ...e.three }));
  return { document, conflicts };
}

/** The document without any place of an element. */
function withoutPlaces(document: unknown, id: string): unknown {
  let left = document;
  const drop = (area: Path) => {
    if (getAt(left, [...area, "items", id]) !== undefined)
      left = setAt(left, [...area, "items", id], undefined);
    const slots = getAt(left, [...area, "slots"]);
    if (isMembers(slots)) for (const slot of Object.keys(slots)) drop([...area, "slots", slot]);
  };
  drop(["layout"]);
  for (const size of ["lg", "md", "sm"]) drop(["layout", size]);
  return left;
}

/** What is sent to the server while a conflict is open: the others' side stays there until a person chooses. */
export function withTheirs(file: string, document: unknown, conflicts: readonly Conflict[]): unknown {
  const place = draftPath(file) ?? [];
  let sent = document;
  for (const conflict of conflicts) {
    if (!place.every((name, index) => conflict.path[index] === name)) continue;
    const inside = conflict.path.slice(place.length);
    sent = inside.length === 0 ? conflict.theirs : setAt(sent, inside, conflict.theirs);
    if (inside[0] === "elements" && conflict.theirs === undefined)
      sent = withoutPlaces(sent, inside[1] ?? "");
  }
  return sent;
}

/** Merges whole drafts, file by file; `changed` are the files to look at. */
export function mergeFiles(base: Files, mine: Files, theirs: Files, changed: Iterable<string>, by: string) {
  const files: Record<string, unknown> = { ...mine };
  const conflicts: Conflict[] = [];
  for (const file of changed) {
    const merged = mergeDocument({ base: base[file], mine: mine[file], theirs: theirs[file] });
    if (merged.document === undefined) delete files[file];
    else files[file] = merged.document;
    const place = draftPath(file) ?? [];
    for (const conflict of merged.conflicts) {
      conflicts.push({ ...conflict, path: [...place, ...conflict.path], by });
    }
  }
  return { files, conflicts };
}
