import type { CanvasKey, Change } from "./contract";

export const STEPS_MAX = 1000;

/** One step that can be taken back. */
export interface Step {
  readonly label: string;
  readonly forward: readonly Change[];
  readonly inverse: readonly Change[];
  readonly canvas: CanvasKey;
  /** What was open before, in case the step made what it shows. */
  readonly from: CanvasKey;
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly coalesce: string | undefined;
}

/** What was done and what was taken back; never changed in place. */
export interface History {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const NO_HISTORY: History = { done: [], undone: [] };

const pathsOf = (changes: readonly Change[]) => JSON.stringify(changes.map((change) => change.path));

/** Two steps as one. Typing a long text keeps one change, not one per key. */
function joined(first: Step, second: Step): Step {
  const same = pathsOf(first.forward) === pathsOf(second.forward);
  return {
    ...second,
    before: first.before,
    from: first.from,
    forward: same ? second.forward : [...first.forward, ...second.forward],
    inverse: same ? first.inverse : [...second.inverse, ...first.inverse],
  };
}

/** Adds a step; a step with the key of the last one continues it. What was undone is forgotten. */
export function record(history: History, step: Step): History {
  const last = history.done.at(-1);
  const goesOn = last && step.coalesce !== undefined && last.coalesce === step.coalesce;
  const done = goesOn
    ? [...history.done.slice(0, -1), joined(last, step)]
    : [...history.done.slice(-(STEPS_MAX - 1)), step];
  return { done, undone: [] };
}

/** Ends a run of changes with one key: what follows is a step of its own. */
export function closed(history: History): History {
  const last = history.done.at(-1);
  if (!last || last.coalesce === undefined) return history;
  return { ...history, done: [...history.done.slice(0, -1), { ...last, coalesce: undefined }] };
}

export function takeUndo(history: History): { step: Step; history: History } | null {
  const step = history.done.at(-1);
  if (!step) return null;
  const closedStep = { ...step, coalesce: undefined };
  return { step, history: { done: history.done.slice(0, -1), undone: [...history.undone, closedStep] } };
}

export function takeRedo(history: History): { step: Step; history: History } | null {
  const step = history.undone.at(-1);
  if (!step) return null;
  return { step, history: { done: [...history.done, step], undone: history.undone.slice(0, -1) } };
}
