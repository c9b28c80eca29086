import type { Signal } from "@sdk/bindings/signal";
import type { Element } from "../generated/documents.gen";
import { type Bound, signalsFor } from "./binding";
import type { RuntimeScope } from "./scope";

/** The names an element's block gives its bindings; a block that is not installed has none. */
export interface BindingNames {
  inputs?: Readonly<Record<string, unknown>> | undefined;
  writes?: Readonly<Record<string, { many?: boolean }>> | undefined;
}

/** Everything an element is bound to, ready to be listened to. */
export interface ResolvedElement {
  /** Signals by input, in the order of their pointers. */
  inputs: Readonly<Record<string, readonly Signal[]>>;
  /** What each write points at: by its name, or `name/0`, `name/1` where it takes many. */
  targets: Readonly<Record<string, Signal>>;
  /** The binding behind each of them. */
  writes: Readonly<Record<string, Bound>>;
  /** Bound properties: where in the props, and what. */
  props: readonly { path: readonly string[]; signal: Signal }[];
  visible: Signal | null;
  enabled: Signal | null;
  tone: Signal | null;
}

interface Row {
  name: string;
  path: string[];
  pointer: string;
  bound: Bound;
}

function unescaped(segment: string): string {
  return segment.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** The bindings of an element; `/name/2` before `/name/10`. */
function rowsOf(element: Element): Row[] {
  const rows = Object.entries(element.bind ?? {}).map(([pointer, bound]) => {
    const path = pointer.slice(1).split("/").map(unescaped);
    return { name: path[0] ?? "", path, pointer, bound };
  });
  const place = (row: Row) => Number(row.path[1] ?? -1) || 0;
  return rows.sort((a, b) => place(a) - place(b));
}

type Building = {
  inputs: Record<string, Signal[]>;
  targets: Record<string, Signal>;
  writes: Record<string, Bound>;
  props: { path: string[]; signal: Signal }[];
};

function take(building: Building, row: Row, signals: Signal[], names: BindingNames): void {
  const { name, path } = row;
  const first = signals[0];
  if (names.inputs && Object.hasOwn(names.inputs, name)) {
    building.inputs[name] = [...(building.inputs[name] ?? []), ...signals];
  } else if (names.writes && Object.hasOwn(names.writes, name)) {
    const key = path.length > 1 ? `${name}/${path[1]}` : name;
    if (first) building.targets[key] = first;
    building.writes[key] = row.bound;
  } else if (first) {
    building.props.push({ path, signal: first });
  }
}

const NOTHING = "@";

/** Resolves what an element is bound to. `id` is the element, so that it cannot depend on itself. */
export function resolveElement(
  element: Element,
  scope: RuntimeScope,
  names: BindingNames,
  id: string,
): ResolvedElement {
  const building: Building = { inputs: {}, targets: {}, writes: {}, props: [] };
  const own: Record<string, Signal> = {};
  for (const row of rowsOf(element)) {
    const signals = signalsFor(scope, row.pointer, row.bound, row.name.startsWith(NOTHING) ? "" : id);
    if (row.name.startsWith(NOTHING)) {
      if (signals[0]) own[row.name] = signals[0];
    } else take(building, row, signals, names);
  }
  return {
    ...building,
    visible: own["@visible"] ?? null,
    enabled: own["@enabled"] ?? null,
    tone: own["@tone"] ?? null,
  };
}
