import type { Sample } from "../quality";
import { nextFrame } from "./frame";
import type { ValueCell } from "./signal";

/** Where a value comes into the graph: a tag, a state, an output, a clock. */
export interface CellSource {
  /** The present sample: the same object as long as nothing changed. */
  read: () => Sample | null;
  /** Begins to listen; returns how to stop. Called only while somebody looks. */
  listen: (changed: () => void) => () => void;
}

type Compute = (inputs: readonly (Sample | null)[]) => Sample | null;

/** Whether a reader would see no difference. */
export function sameSample(a: Sample | null, b: Sample | null): boolean {
  if (a === b) return true;
  if (!a || !b) return false;
  return (
    a.v === b.v &&
    a.q === b.q &&
    a.ts === b.ts &&
    a.fresh === b.fresh &&
    a.good?.v === b.good?.v &&
    a.good?.ts === b.good?.ts
  );
}

/**
 * Cells that depend on each other. A cell works only while somebody looks at it. Changes of sources are gathered
 * and settled together, from the sources upwards, so that each cell is computed at most once and never from a
 * mixture of old and new; who looks is told once per frame. What is read in between is settled first.
 */
export class CellGraph {
  private readonly dirty: GraphCell[][] = [];
  private readonly told = new Set<GraphCell>();
  private settling = false;

  source(source: CellSource, live: boolean): ValueCell {
    return new GraphCell(this, [], source.read, live, source);
  }

  /** A cell made of others. `about`: what it is made of, for "explain this number". */
  computed(
    inputs: readonly ValueCell[],
    compute: Compute,
    live = inputs.some((cell) => cell.live),
    about: Pick<ValueCell, "parts" | "formula"> = {},
  ): ValueCell {
    return Object.assign(new GraphCell(this, inputs, compute, live, null), about);
  }

  /** A cell's ground has changed. */
  touch(cell: GraphCell): void {
    if (cell.marked) return;
    cell.marked = true;
    const level = this.dirty[cell.height];
    if (level) level.push(cell);
    else this.dirty[cell.height] = [cell];
    if (!this.settling) nextFrame(this.flush);
  }

  /** Brings every cell that is looked at up to date. */
  settle(): void {
    if (this.settling) return;
    this.settling = true;
    for (let height = 0; height < this.dirty.length; height += 1) {
      const level = this.dirty[height];
      if (!level) continue;
      this.dirty[height] = [];
      for (const cell of level) if (cell.renew()) this.told.add(cell);
    }
    this.settling = false;
  }

  private readonly flush = (): void => {
    this.settle();
    const changed = [...this.told];
    this.told.clear();
    for (const cell of changed) cell.tell();
  };
}

/** One cell of a graph; made by `CellGraph` alone. */
class GraphCell implements ValueCell {
  readonly live: boolean;
  declare readonly parts?: NonNullable<ValueCell["parts"]>;
  declare readonly formula?: string;
  /** Longest way from a source. */
  readonly height: number;
  marked = false;
  private readonly graph: CellGraph;
  private readonly inputs: readonly ValueCell[];
  private readonly compute: Compute;
  private readonly origin: CellSource | null;
  private readonly watchers = new Set<GraphCell>();
  private readonly listeners = new Set<() => void>();
  private stops: (() => void)[] = [];
  private seen: readonly (Sample | null)[] | null = null;
  private value: Sample | null = null;

  constructor(
    graph: CellGraph,
    inputs: readonly ValueCell[],
    compute: Compute,
    live: boolean,
    origin: CellSource | null,
  ) {
    this.graph = graph;
    this.inputs = inputs;
    this.compute = compute;
    this.live = live;
    this.origin = origin;
    this.height = inputs.reduce(
      (most, cell) => Math.max(most, cell instanceof GraphCell ? cell.height + 1 : 1),
      0,
    );
  }

  get = (): Sample | null => {
    if (this.active()) this.graph.settle();
    else this.renew();
    return this.value;
  };

  subscribe = (listener: () => void): (() => void) => {
    // The same listener may come twice; each has its own place.
    const own = () => listener();
    this.enter(() => this.listeners.add(own));
    return () => this.leave(() => this.listeners.delete(own));
  };

  /** Computes again where an input is another than before; true when the result is another. */
  renew(): boolean {
    this.marked = false;
    const before = this.value;
    if (this.origin) this.value = this.origin.read();
    else {
      const inputs = this.inputs.map((cell) =>
        cell instanceof GraphCell && cell.active() ? cell.value : cell.get(),
      );
      if (this.seen && inputs.every((sample, index) => sample === this.seen?.[index])) return false;
      this.seen = inputs;
      const next = this.compute(inputs);
      this.value = sameSample(before, next) ? before : next;
    }
    if (this.value === before) return false;
    for (const watcher of this.watchers) this.graph.touch(watcher);
    return true;
  }

  tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  active(): boolean {
    return this.listeners.size + this.watchers.size > 0;
  }

  private enter(add: () => void): void {
    const first = !this.active();
    add();
    if (!first) return;
    const touched = () => this.graph.touch(this);
    if (this.origin) this.stops = [this.origin.listen(touched)];
    else {
      this.stops = this.inputs.map((cell) => {
        if (!(cell instanceof GraphCell)) return cell.subscribe(touched);
        cell.enter(() => cell.watchers.add(this));
        return () => cell.leave(() => cell.watchers.delete(this));
      });
    }
    this.renew();
  }

  private leave(remove: () => void): void {
    remove();
    if (this.active()) return;
    for (const stop of this.stops.splice(0)) stop();
  }
}
