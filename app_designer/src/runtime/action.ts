import type { Value } from "@sdk/api/types";
import type { Element } from "../generated/documents.gen";
import type { Bound } from "./binding";
import { type Found, valueNow } from "./evaluate";
import type { RuntimeTranslate } from "./i18n/texts";
import type { EventSource, RuntimeScope } from "./scope";
import type { WriteDialogs } from "./write";

type OneOrMany = NonNullable<Element["events"]>[string];
/** One step, of any kind this version knows. */
export type Action = Exclude<OneOrMany, readonly unknown[]>;
export type ActionOf<K extends Action["action"]> = Extract<Action, { action: K }>;

/** Parameters of a page as its address holds them. */
export type TextParams = Readonly<Record<string, string>>;

/** What a page stands in: where its actions lead. */
export interface RuntimeHost extends WriteDialogs {
  /** Nothing outside the page is done: no write, no file. What would be done is told instead. */
  readonly dry: boolean;
  navigate: (target: { app: string | null; page: string; params: TextParams }) => void;
  openDialog: (page: string, params: TextParams) => void;
  /** Closes the dialog the page is in; elsewhere nothing. */
  closeDialog: () => void;
  /** Shows a short text for some seconds. */
  tell: (text: string, tone: "calm" | "alarm") => void;
  /** Reads history and documents again. */
  refresh: () => void;
}

/** What a step runs with. */
export interface ActionContext {
  scope: RuntimeScope;
  host: RuntimeHost;
  from: EventSource;
  /** Its place among the steps of its event. */
  index: number;
  t: RuntimeTranslate;
}

/** A step that could not be done: what happened, in the reader's language. The steps after it are not run. */
export class ActionError extends Error {}

/** The steps after this one are not run, and nobody need be told: the person said no. */
export class ActionStopped extends Error {}

/** A kind of action. One file in `actions/` per kind, found by its name. */
export interface ActionKind<K extends Action["action"] = Action["action"]> {
  kind: K;
  /** It reaches out of the page (a device, a file): a dry run tells it and does not do it. */
  outward: boolean;
  run: (step: ActionOf<K>, context: ActionContext) => Promise<void> | void;
  /** What it would do, in the reader's language. */
  describe: (step: ActionOf<K>, context: ActionContext) => Promise<string> | string;
}

/** Gives a kind its precise type. */
export function defineAction<K extends Action["action"]>(kind: ActionKind<K>): ActionKind<K> {
  return kind;
}

/** The value a step names; not knowing it stops the event. */
export async function knownValue(context: ActionContext, bound: Bound): Promise<Value> {
  const found: Found = await valueNow(context.scope, bound, context.from);
  if (found.q >= 128) throw new ActionError(context.t("action.value_unknown"));
  return found.v;
}

/** The parameters a step gives to a page. */
export async function pageParams(
  context: ActionContext,
  params: Readonly<Record<string, Bound | string>> | undefined,
): Promise<TextParams> {
  const rows = Object.entries(params ?? {}).map(async ([name, given]) => {
    const value = typeof given === "string" ? given : await knownValue(context, given);
    return [name, value === null ? "" : String(value)] as const;
  });
  return Object.fromEntries(await Promise.all(rows));
}
