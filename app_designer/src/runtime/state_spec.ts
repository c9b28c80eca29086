import type { Value } from "@sdk/api/types";
import type { StateSpec } from "../generated/documents.gen";
import type { RuntimeScope } from "./scope";

/** What the page, else the app, says of a state; null when neither knows it. */
export function stateSpec(scope: Pick<RuntimeScope, "loaded" | "page">, name: string): StateSpec | null {
  return scope.loaded.pages[scope.page]?.state?.[name] ?? scope.loaded.app.state?.[name] ?? null;
}

const TYPE_OF = { number: "number", text: "string", boolean: "boolean" } as const;

/** Whether a value may be kept in a state; nothing (null) always may. */
export function fitsState(spec: StateSpec, value: Value): boolean {
  return value === null || typeof value === TYPE_OF[spec.type];
}
