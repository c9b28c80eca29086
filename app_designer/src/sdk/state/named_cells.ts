import type { Value } from "../api/types";
import type { CellGraph } from "../bindings/cells";
import type { ValueCell } from "../bindings/signal";
import type { Sample } from "../quality";

/** Values kept by name while an app or page is open: its states, and what its elements give out. */
export class NamedCells {
  private readonly graph: CellGraph;
  private readonly parent: NamedCells | null;
  private readonly samples = new Map<string, Sample>();
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly cells = new Map<string, ValueCell>();

  /** With a `parent`, names that are not known here are read (and set) there. */
  constructor(graph: CellGraph, parent: NamedCells | null = null) {
    this.graph = graph;
    this.parent = parent;
  }

  /** Gives a name its first value; one that has a value already keeps it. */
  begin(name: string, value: Value): void {
    if (!this.samples.has(name)) this.put(name, value);
  }

  has(name: string): boolean {
    return this.samples.has(name) || (this.parent?.has(name) ?? false);
  }

  get(name: string): Value {
    return this.samples.get(name)?.v ?? (this.samples.has(name) ? null : (this.parent?.get(name) ?? null));
  }

  /** Sets a value; the same value again wakes nobody. */
  set(name: string, value: Value): void {
    if (!this.samples.has(name) && this.parent?.has(name)) this.parent.set(name, value);
    else if (!this.samples.has(name) || this.samples.get(name)?.v !== value) this.put(name, value);
  }

  /** The cell of a name; without a value it waits for one. */
  cell(name: string): ValueCell {
    if (this.parent && !this.samples.has(name) && this.parent.has(name)) return this.parent.cell(name);
    let cell = this.cells.get(name);
    if (!cell) {
      const listen = (changed: () => void) => {
        const set = this.listeners.get(name) ?? new Set();
        this.listeners.set(name, set.add(changed));
        return () => void set.delete(changed);
      };
      cell = this.graph.source({ read: () => this.samples.get(name) ?? null, listen }, false);
      this.cells.set(name, cell);
    }
    return cell;
  }

  private put(name: string, value: Value): void {
    this.samples.set(name, { v: value, q: 0, ts: Date.now() * 1000, fresh: 0, good: null });
    for (const listener of this.listeners.get(name) ?? []) listener();
  }
}
