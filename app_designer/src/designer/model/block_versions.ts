import type { CompositeDocument } from "../../generated/documents.gen";
import { blockCanvas, elementsOf, isBlockCanvas } from "./canvas_key";
import type { CanvasKey, Change, DesignerState, Draft, Path } from "./contract";
import type { History, Step } from "./history";

/** What decides which versions of blocks may still change. */
export type Versions = Pick<DesignerState, "draft" | "released">;

/** A place that shows a block. */
export interface Instance {
  readonly canvas: CanvasKey;
  readonly id: string;
  readonly version: number;
}

/** Name of the file of a version, and its key in the draft. */
export const versionKey = (block: string, version: number): string => `${block}.${version}`;

function look(draft: Draft, block: string, canvases: readonly CanvasKey[]): Instance[] {
  const type = `composite.${block}`;
  return canvases.flatMap((canvas) =>
    Object.entries(elementsOf(draft, canvas)).flatMap(([id, element]) =>
      element.type === type ? [{ canvas, id, version: element.props_version }] : [],
    ),
  );
}

/** Every place of the draft that shows a block, in any version: on pages, and in any version of other blocks. */
export function instancesOf(draft: Draft, block: string): Instance[] {
  const blocks = Object.values(draft.blocks).map(({ id, version }) => blockCanvas(id, version));
  return look(draft, block, [...Object.keys(draft.pages), ...blocks]);
}

/** The places that can take a newer version: on pages, and in the newest version of other blocks; older ones stay. */
export function updatableInstances(draft: Draft, block: string): Instance[] {
  const blocks = Object.values(draft.blocks)
    .filter(({ id, version }) => id !== block && version === newestVersion({ draft }, id))
    .map(({ id, version }) => blockCanvas(id, version));
  return look(draft, block, [...Object.keys(draft.pages), ...blocks]);
}

/** The newest version of a block, also where only a release has it still: its number stays taken. */
export function newestVersion(
  { draft, released }: Pick<Versions, "draft"> & Partial<Versions>,
  block: string,
): number {
  const keys = [...Object.keys(draft.blocks), ...(released ?? [])];
  return keys.reduce((most, key) => {
    const [id, version] = key.split(".");
    return id === block ? Math.max(most, Number(version)) : most;
  }, 0);
}

/** Whether a version is fixed: a release contains it, or a page or another block of the draft shows it. */
export function isInUse({ draft, released }: Versions, key: string): boolean {
  const block = draft.blocks[key];
  if (released.has(key)) return true;
  return block !== undefined && instancesOf(draft, block.id).some(({ version }) => version === block.version);
}

const successorOf = (block: CompositeDocument, version: number): CompositeDocument => ({
  ...block,
  version,
  note: "",
});

/** What to edit of a block: its newest version, or a successor of it where that is in use. */
export function editableBlock(
  state: Versions,
  block: string,
): { canvas: CanvasKey; changes: Change[] } | null {
  const inDraft = newestVersion({ draft: state.draft }, block);
  const newest = state.draft.blocks[versionKey(block, inDraft)];
  if (!newest) return null;
  if (!isInUse(state, versionKey(block, inDraft)))
    return { canvas: blockCanvas(block, inDraft), changes: [] };
  const next = newestVersion(state, block) + 1;
  return {
    canvas: blockCanvas(block, next),
    changes: [{ path: ["blocks", versionKey(block, next)], value: successorOf(newest, next) }],
  };
}

interface Redirected {
  readonly changes: readonly Change[];
  /** Canvas that takes the place of the given one. */
  readonly canvas: CanvasKey;
}

/** Changes to the inside of a version that is in use, made to a successor of it instead: what is used never changes. */
export function ontoSuccessors(state: Versions, canvas: CanvasKey, changes: readonly Change[]): Redirected {
  const successors = new Map<string, string>();
  const made: Change[] = [];
  const target = (key: string): string => {
    const known = successors.get(key);
    if (known !== undefined) return known;
    const block = state.draft.blocks[key];
    let found = key;
    if (block && isInUse(state, key)) {
      const version = newestVersion(state, block.id) + 1;
      found = versionKey(block.id, version);
      made.push({ path: ["blocks", found], value: successorOf(block, version) });
    }
    successors.set(key, found);
    return found;
  };
  const rewritten = changes.map((change) => {
    const [root, key] = change.path;
    if (root !== "blocks" || key === undefined || change.path.length < 3) return change;
    const to = target(key);
    return to === key ? change : { ...change, path: moved(change.path, to) };
  });
  if (made.length === 0) return { changes, canvas };
  const shown = isBlockCanvas(canvas) ? successors.get(canvas.slice("block:".length)) : undefined;
  return { changes: [...made, ...rewritten], canvas: shown ? `block:${shown}` : canvas };
}

const moved = ([root = "", , ...rest]: Path, key: string): Path => [root, key, ...rest];

/** A history whose steps in one version of a block are steps in another. */
export function movedHistory(history: History, from: string, to: string): History {
  const [id, version] = to.split(".");
  const change = (one: Change): Change => {
    if (one.path[0] !== "blocks" || one.path[1] !== from) return one;
    const whole = one.path.length === 2 && one.value !== undefined;
    const value = whole ? { ...(one.value as CompositeDocument), id, version: Number(version) } : one.value;
    return { path: moved(one.path, to), value };
  };
  const canvas = (key: CanvasKey) => (key === `block:${from}` ? `block:${to}` : key);
  const step = (one: Step): Step => ({
    ...one,
    forward: one.forward.map(change),
    inverse: one.inverse.map(change),
    canvas: canvas(one.canvas),
    from: canvas(one.from),
  });
  return { done: history.done.map(step), undone: history.undone.map(step) };
}

/**
 * The draft after a version turned out to be part of a release while it was edited: the edits are those of a successor,
 * and the version is as it was; places that showed it show what they did. `was`: the released document, where it is known.
 */
export function withSuccessor(
  { draft, released }: Versions,
  key: string,
  was: CompositeDocument | undefined,
): { draft: Draft; next: string } | null {
  const edited = draft.blocks[key];
  if (!edited) return null;
  const version = newestVersion({ draft, released: new Set([...released, key]) }, edited.id) + 1;
  const next = versionKey(edited.id, version);
  const { [key]: _edited, ...others } = draft.blocks;
  const blocks = { ...others, ...(was ? { [key]: was } : {}), [next]: { ...edited, version } };
  const whole = { ...draft, blocks };
  if (was) return { draft: whole, next };
  // Nobody has the released one: the places that show it can only show the successor.
  return { draft: retargeted(whole, edited, version), next };
}

function retargeted(draft: Draft, { id, version }: CompositeDocument, to: number): Draft {
  const type = `composite.${id}`;
  const of = <D extends { elements?: Draft["pages"][string]["elements"] }>(document: D): D => {
    const old = Object.entries(document.elements ?? {}).filter(
      ([, element]) => element.type === type && element.props_version === version,
    );
    if (old.length === 0) return document;
    const renewed = old.map(([name, element]) => [name, { ...element, props_version: to }]);
    return { ...document, elements: { ...document.elements, ...Object.fromEntries(renewed) } };
  };
  const each = <D extends { elements?: Draft["pages"][string]["elements"] }>(
    all: Readonly<Record<string, D>>,
  ) => Object.fromEntries(Object.entries(all).map(([key, document]) => [key, of(document)]));
  return { ...draft, pages: each(draft.pages), blocks: each(draft.blocks) };
}
