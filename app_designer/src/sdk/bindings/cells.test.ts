import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sample } from "../quality";
import { CellGraph } from "./cells";
import { setFrameScheduler } from "./frame";
import type { ValueCell } from "./signal";

const sampleOf = (v: number): Sample => ({ v, q: 0, ts: 1, fresh: 0, good: null });

/** A source that a test sets, as a batch of the live stream does. */
class Source {
  sample = sampleOf(0);
  listeners = new Set<() => void>();
  listening = 0;
  readonly cell: ValueCell;

  constructor(graph: CellGraph) {
    const listen = (changed: () => void) => {
      this.listeners.add(changed);
      this.listening += 1;
      return () => {
        this.listeners.delete(changed);
        this.listening -= 1;
      };
    };
    this.cell = graph.source({ read: () => this.sample, listen }, true);
  }
}

/** Puts all values, then tells all: as `LiveStore.put` does with one message. */
function batch(changes: readonly (readonly [Source, number])[]): void {
  for (const [source, v] of changes) source.sample = sampleOf(v);
  for (const [source] of changes) for (const listener of source.listeners) listener();
}

let frames: (() => void)[] = [];
const frame = () => {
  for (const run of frames.splice(0)) run();
};

describe("cells", () => {
  beforeEach(() => {
    frames = [];
    setFrameScheduler((run) => frames.push(run));
  });
  afterEach(() => setFrameScheduler((run) => run()));

  it("listen to nothing while nobody looks, and once however many look", () => {
    const graph = new CellGraph();
    const source = new Source(graph);
    const sum = graph.computed([source.cell], ([a]) => a ?? null);
    expect(source.listening).toBe(0);
    const stops = [sum.subscribe(() => {}), sum.subscribe(() => {}), source.cell.subscribe(() => {})];
    expect(source.listening).toBe(1);
    for (const stop of stops) stop();
    expect(source.listening).toBe(0);
  });

  it("are computed once for a batch that changes several inputs, and tell once per frame", () => {
    const graph = new CellGraph();
    const [a, b] = [new Source(graph), new Source(graph)];
    let computed = 0;
    let told = 0;
    const sum = graph.computed([a.cell, b.cell], ([x, y]) => {
      computed += 1;
      return sampleOf(Number(x?.v) + Number(y?.v));
    });
    sum.subscribe(() => {
      told += 1;
    });
    computed = 0;
    batch([
      [a, 1],
      [b, 2],
    ]);
    batch([[a, 3]]);
    expect(told).toBe(0);
    frame();
    expect({ computed, told, value: sum.get()?.v }).toEqual({ computed: 1, told: 1, value: 5 });
  });

  it("do not wake those above when the result is the same", () => {
    const graph = new CellGraph();
    const source = new Source(graph);
    const positive = graph.computed([source.cell], ([x]) => sampleOf(Number(x?.v) > 0 ? 1 : 0));
    let above = 0;
    const text = graph.computed([positive], ([x]) => {
      above += 1;
      return x ?? null;
    });
    text.subscribe(() => {});
    batch([[source, 1]]);
    frame();
    const before = above;
    batch([[source, 2]]);
    frame();
    expect(above).toBe(before);
  });

  it("never show a mixture of old and new, in any graph, and compute each cell at most once per batch", () => {
    const shape = fc.record({
      sources: fc.integer({ min: 1, max: 5 }),
      // Each cell takes some of those before it: always a graph without cycles.
      cells: fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 14 }),
      watched: fc.array(fc.nat(), { minLength: 1, maxLength: 6 }),
      batches: fc.array(
        fc.record({
          changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 3 })), {
            minLength: 1,
            maxLength: 6,
          }),
          readBefore: fc.boolean(),
        }),
        { maxLength: 12 },
      ),
    });
    fc.assert(
      fc.property(shape, ({ sources: count, cells: specs, watched, batches }) => {
        const graph = new CellGraph();
        const sources = Array.from({ length: count }, () => new Source(graph));
        const runs: number[] = specs.map(() => 0);
        const cells: ValueCell[] = sources.map((source) => source.cell);
        const inputs: number[][] = [];
        specs.forEach((picks, index) => {
          const from = picks.map((pick) => pick % cells.length);
          inputs.push(from);
          const compute = (values: readonly (Sample | null)[]) => {
            runs[index] = (runs[index] ?? 0) + 1;
            // Each input counts differently, so that a stale one cannot hide behind a fresh one.
            return sampleOf(
              values.reduce((sum, value, place) => sum + Number(value?.v ?? 0) * (place + 2), 1) % 10_007,
            );
          };
          cells.push(
            graph.computed(
              from.map((id) => cells[id] as ValueCell),
              compute,
            ),
          );
        });
        const truth = (): number[] => {
          const values = sources.map((source) => Number(source.sample.v));
          for (const from of inputs) {
            values.push(from.reduce((sum, id, place) => sum + (values[id] ?? 0) * (place + 2), 1) % 10_007);
          }
          return values;
        };
        const seen: number[] = [];
        const looked = watched.map((pick) => pick % cells.length);
        for (const id of looked) {
          (cells[id] as ValueCell).subscribe(() => {
            // What a listener reads, of any cell that is looked at, fits the sources as they are now.
            const now = truth();
            for (const other of looked) seen.push(Number(cells[other]?.get()?.v) - (now[other] ?? 0));
          });
        }
        for (const { changes, readBefore } of batches) {
          runs.fill(0);
          batch(changes.map(([pick, v]) => [sources[pick % count] as Source, v] as const));
          if (readBefore) for (const id of looked) expect(cells[id]?.get()?.v).toBe(truth()[id]);
          frame();
          for (const times of runs) expect(times).toBeLessThanOrEqual(1);
          for (const id of looked) expect(cells[id]?.get()?.v).toBe(truth()[id]);
        }
        expect(seen.every((difference) => difference === 0)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it("take a long chain without growing the stack or the work", () => {
    const graph = new CellGraph();
    const source = new Source(graph);
    let computed = 0;
    let last = source.cell;
    for (let step = 0; step < 500; step += 1) {
      last = graph.computed([last], ([x]) => {
        computed += 1;
        return sampleOf(Number(x?.v) + 1);
      });
    }
    last.subscribe(() => {});
    computed = 0;
    batch([[source, 1]]);
    frame();
    expect([last.get()?.v, computed]).toEqual([501, 500]);
  });
});
