import type { Value } from "@sdk/api/types";
import type { CellGraph } from "@sdk/bindings/cells";
import type { Signal, SignalProblem, ValueCell } from "@sdk/bindings/signal";
import { applyTransforms } from "@sdk/bindings/transforms";
import type { LiveStore } from "@sdk/live/store";
import type { Sample } from "@sdk/quality";
import { useCallback, useRef, useSyncExternalStore } from "react";
import type { RuntimeScope } from "./scope";

/** The quality a formula sees where a binding gives nothing. */
const PROBLEM_QUALITY: Record<SignalProblem, number> = {
  unmapped: 132,
  no_permission: 138,
  unsupported: 133,
  cycle: 137,
  formula: 137,
};

type Source = Pick<LiveStore, "get" | "subscribe">;
const tagCells = new WeakMap<CellGraph, WeakMap<Source, Map<number, ValueCell>>>();

/** The cell of a tag; one per tag and graph. */
function tagCell(graph: CellGraph, store: Source, id: number): ValueCell {
  const stores = tagCells.get(graph) ?? new WeakMap<Source, Map<number, ValueCell>>();
  tagCells.set(graph, stores);
  const cells = stores.get(store) ?? new Map<number, ValueCell>();
  stores.set(store, cells);
  let cell = cells.get(id);
  if (!cell) {
    cell = graph.source(
      { read: () => store.get(id), listen: (changed) => store.subscribe(id, changed) },
      true,
    );
    cells.set(id, cell);
  }
  return cell;
}

function still(v: Value, q: number): ValueCell {
  const sample: Sample = { v, q, ts: 0, fresh: 0, good: null };
  return { get: () => sample, subscribe: () => () => {}, live: false };
}

/** Any signal as a cell, after its transforms. */
export function cellOf(scope: Pick<RuntimeScope, "memory" | "services">, signal: Signal): ValueCell {
  if (signal.problem) return still(null, PROBLEM_QUALITY[signal.problem]);
  const { transforms } = signal;
  if (signal.constant !== undefined) return still(applyTransforms(signal.constant, transforms), 0);
  const { graph } = scope.memory;
  const cell = signal.cell ?? (signal.tag ? tagCell(graph, scope.services.store, signal.tag.id) : null);
  if (!cell) return still(null, PROBLEM_QUALITY.unmapped);
  if (transforms.length === 0) return cell;
  return graph.computed([cell], ([sample]) =>
    sample ? { ...sample, v: applyTransforms(sample.v, transforms) } : null,
  );
}

type Samples = readonly (Sample | null)[];

/** The newest samples of some cells; the component that calls this renders when one of them changes. */
export function useCells(cells: readonly ValueCell[]): Samples {
  const last = useRef<Samples>([]);
  const subscribe = useCallback(
    (listener: () => void) => {
      const stops = cells.map((cell) => cell.subscribe(listener));
      return () => {
        for (const stop of stops) stop();
      };
    },
    [cells],
  );
  const snapshot = () => {
    const now = cells.map((cell) => cell.get());
    const same =
      now.length === last.current.length && now.every((sample, index) => sample === last.current[index]);
    if (!same) last.current = now;
    return last.current;
  };
  return useSyncExternalStore(subscribe, snapshot);
}
