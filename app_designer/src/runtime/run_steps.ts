import type { WriteOutcome } from "@sdk/component";
import {
  type Action,
  type ActionContext,
  ActionError,
  type ActionKind,
  ActionStopped,
  type RuntimeHost,
} from "./action";
import { evaluateNow } from "./evaluate";
import { runtimeTexts } from "./i18n/texts";
import type { EventSource, RuntimeScope, ScopeRunner, Steps } from "./scope";
import { elementWrite } from "./write";

const found = import.meta.glob<ActionKind<never>>("./actions/*.ts", { eager: true, import: "default" });

/** Every kind of action there is. Adding a file adds a kind. */
export const actionKinds: ReadonlyMap<string, ActionKind> = new Map(
  Object.values(found).map((kind) => [kind.kind as string, kind as unknown as ActionKind]),
);

const RUNS_MAX = 60;
const WINDOW_MS = 1000;

/** Events that follow each other faster than a hand can press come from a loop (a state that sets itself). */
export class LoopGuard {
  private readonly times = new Map<string, number[]>();
  private readonly now_ms: () => number;

  constructor(now_ms: () => number = Date.now) {
    this.now_ms = now_ms;
  }

  /** `run`, or, once it was too often: `tell` the first time and `still` until it has calmed down. */
  judge(event: string): "run" | "tell" | "still" {
    const now = this.now_ms();
    const times = (this.times.get(event) ?? []).filter((time) => now - time < WINDOW_MS);
    times.push(now);
    this.times.set(event, times);
    if (times.length <= RUNS_MAX) return "run";
    return times.length === RUNS_MAX + 1 ? "tell" : "still";
  }
}

const listOf = (steps: Steps): readonly Action[] => (Array.isArray(steps) ? steps : [steps]);

/** Whether the condition of a step holds. Not knowing it stops the event: nothing is done on a guess. */
async function holds(step: Action, context: ActionContext): Promise<boolean> {
  if (!step.when) return true;
  const { v, q } = await evaluateNow(context.scope, step.when, context.from);
  if (q >= 128) throw new ActionError(context.t("action.when_unknown"));
  return v === true;
}

async function runStep(step: Action, context: ActionContext): Promise<void> {
  const kind = actionKinds.get(step.action);
  // A kind of a later version: the rest of the event still runs.
  if (!kind || !(await holds(step, context))) return;
  if (kind.outward && context.host.dry)
    context.host.tell(await kind.describe(step as never, context), "calm");
  else await kind.run(step as never, context);
}

/** Runs the steps of an event in order. The first that fails ends it and is told. Never throws. */
export async function runSteps(
  scope: RuntimeScope,
  host: RuntimeHost,
  steps: Steps,
  from: EventSource,
): Promise<void> {
  const t = runtimeTexts(scope.language);
  try {
    let index = 0;
    for (const step of listOf(steps)) {
      await runStep(step, { scope, host, from, index, t });
      index += 1;
    }
  } catch (error) {
    if (error instanceof ActionStopped) return;
    host.tell(error instanceof ActionError ? error.message : t("action.failed"), "alarm");
  }
}

/** What the steps of an event would do, one text each; nothing is done. Conditions that do not hold leave theirs out. */
export async function describeSteps(
  scope: RuntimeScope,
  host: RuntimeHost,
  steps: Steps,
  from: EventSource,
): Promise<string[]> {
  const t = runtimeTexts(scope.language);
  const texts: string[] = [];
  for (const [index, step] of listOf(steps).entries()) {
    const context: ActionContext = { scope, host, from, index, t };
    const kind = actionKinds.get(step.action);
    try {
      if (kind && (await holds(step, context))) texts.push(await kind.describe(step as never, context));
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      texts.push(error.message);
    }
  }
  return texts;
}

/** The runner of a page in its host: events run their steps, writes go through the server's guard. */
export function createRunner(host: RuntimeHost, guard = new LoopGuard()): ScopeRunner {
  return {
    dispatch(scope, steps, from) {
      const verdict = guard.judge(`${scope.page}/${scope.path}${from.element}/${from.event}`);
      if (verdict === "run") void runSteps(scope, host, steps, from);
      if (verdict === "tell") host.tell(runtimeTexts(scope.language)("action.loop"), "alarm");
    },
    write: (scope, element, name, value): Promise<WriteOutcome> =>
      elementWrite(scope, host, element, name, value),
  };
}
