import type { VarType } from "@sdk/expr";
import type { Element } from "../../generated/documents.gen";

type Steps = NonNullable<Element["events"]>[string];
export type Action = Exclude<Steps, readonly unknown[]>;
export type ActionKind = Action["action"];

/** What the editor of a step gets. */
export interface ActionProps {
  step: Action;
  element: string;
  given: Readonly<Record<string, VarType>>;
  disabled: boolean;
  onChange: (step: Action, typing: boolean) => void;
}

/** The registry of actions as the inspector offers it; a kind that is added here has an editor in `ActionFields`. */
export const ACTION_KINDS: readonly ActionKind[] = [
  "navigate",
  "open_dialog",
  "close_dialog",
  "set_state",
  "write_tag",
  "call_method",
  "refresh",
  "export",
  "message",
];

/** The steps of an event as a list. */
export const stepsOf = (steps: Steps | undefined): Action[] =>
  steps === undefined ? [] : Array.isArray(steps) ? [...steps] : [steps];

/** What is saved for a list of steps: nothing for none, one alone without a list. */
export function savedSteps(steps: readonly Action[]): Steps | undefined {
  if (steps.length === 0) return undefined;
  const [only] = steps;
  return steps.length === 1 && only ? only : [...steps];
}

interface Beginning {
  page: string;
  asset: string;
  role: string;
  state: string;
  element: string;
  method: string;
}

/** A new step of a kind, as whole as it can be before anybody has chosen anything. */
export function newAction(kind: ActionKind, begin: Beginning): Action {
  switch (kind) {
    case "navigate":
    case "open_dialog":
      return { action: kind, page: begin.page };
    case "set_state":
      return { action: kind, name: begin.state, value: { source: "static", value: true } };
    case "write_tag":
      return {
        action: kind,
        asset: begin.asset,
        role: begin.role,
        value: { source: "static", value: 1 },
        confirm: "dialog",
      };
    case "call_method":
      return { action: kind, element: begin.element, method: begin.method };
    case "message":
      return { action: kind, text: { en: "Done", "zh-CN": "完成" } };
    default:
      return { action: kind };
  }
}
