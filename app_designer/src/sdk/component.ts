import type { ComponentType, ReactNode } from "react";
import type { Value } from "./api/types";
import type { Signal } from "./bindings/signal";

/** What became of a write. `unknown`: it may or may not have reached the device; say so. */
export interface WriteOutcome {
  status: "done" | "refused" | "cancelled" | "unknown" | "preview";
  /** Why, in the reader's language; shown as it is. */
  message?: string;
}

/** Where an element is shown. `design` and `gallery` never write and never navigate. */
export type ElementMode = "run" | "design" | "gallery";

export interface SlotOptions {
  /** Parameters for the elements inside, beside those of the page: a repeater gives each item its own. */
  params?: Readonly<Record<string, string>>;
  /** Tells several contents of one slot apart (a repeater's items). */
  key?: string;
}

export type Method = (params: Readonly<Record<string, Value>>) => void;

/** What the runtime hands to a component: its configuration, its resolved data, and its ways out. */
export interface ComponentProps<P = Record<string, unknown>> {
  /** Configuration, with bound properties already in place. */
  props: P;
  /** Signals by input name, in the order of their pointers; an unbound input is an empty list. */
  inputs: Readonly<Record<string, readonly Signal[]>>;
  /** The present value of what each bound write points at; an unbound write is not in it. */
  targets: Readonly<Record<string, Signal>>;
  /** Reports an event. Returns false when the document gives it no action. */
  emit: (event: string, payload?: Readonly<Record<string, Value>>) => boolean;
  /** Gives a declared command: confirmed, checked and audited before it is done. Never throws. */
  write: (name: string, value: Value) => Promise<WriteOutcome>;
  /** Sets a declared output, which other elements may read. */
  output: (name: string, value: Value) => void;
  /** Offers declared methods to actions; returns how to take them back. Call it in an effect. */
  expose: (methods: Readonly<Record<string, Method>>) => () => void;
  /** The elements in a declared slot, laid out. */
  slot: (name: string, options?: SlotOptions) => ReactNode;
  /** A text of the manifest's `i18n` in the reader's language. */
  text: (key: string, values?: Readonly<Record<string, string>>) => string;
  /** False when an expression, the reader's role or the app says that it cannot be used now. */
  enabled: boolean;
  /** Meaning for its colour, where the document binds one. */
  tone: string | null;
  /** Its id on the page. */
  id: string;
  mode: ElementMode;
  /** True on a phone: the room is that of `layout.compact`. */
  compact: boolean;
}

export type ComponentView<P = Record<string, unknown>> = ComponentType<ComponentProps<P>>;
