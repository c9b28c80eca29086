import type { ComponentType } from "react";
import type { Signal } from "./bindings/signal";

/** What the runtime hands to a component: its configuration, its resolved inputs, and how to report events. */
export interface ComponentProps<P = Record<string, unknown>> {
  props: P;
  /** Signals by input name, in the order of their pointers; an unbound input is an empty list. */
  inputs: Readonly<Record<string, readonly Signal[]>>;
  /** Reports an event. Returns false when the document gives it no action. */
  emit: (event: string, payload?: unknown) => boolean;
}

export type ComponentView<P = Record<string, unknown>> = ComponentType<ComponentProps<P>>;
