import { ApiClient } from "@sdk/api/client";
import type { Tag } from "@sdk/api/types";
import fc from "fast-check";
import { expect, test } from "vitest";
import { tagOf } from "../../testing/fakes";
import { firstMoment } from "./replay";
import { usualRange, valueAt } from "./signal_model";
import { SimulatedWorld } from "./simulated_world";

const NOW = 1_764_000_000_000_000;
const temperature = tagOf(1, { meta: { span: [0, 120], limits: { lo: 20, hi: 80 } } });
const state = tagOf(2, {
  kind: "u",
  meta: { texts: { "0": "Off", "2": "Running", "3": "Stopped" }, colors: { "2": "running", "3": "stopped" } },
});
const count = tagOf(3, { kind: "u", meta: { unit: "pcs" } });
const tags = new Map<number, Tag>([temperature, state, count].map((tag) => [tag.id, tag]));
const worldOf = (still = false) => new SimulatedWorld(new ApiClient(), tags, still, () => NOW);

test("a made-up number stays within the limits of its tag, a state within its codes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (seconds) => {
      const value = Number(valueAt(temperature, seconds * 1e6));
      const [from, to] = usualRange(temperature);
      expect(value).toBeGreaterThanOrEqual(20);
      expect(value).toBeLessThanOrEqual(80);
      expect(from).toBeLessThan(to);
      expect(["0", "2", "3"]).toContain(String(valueAt(state, seconds * 1e6)));
      expect(Number.isInteger(valueAt(count, seconds * 1e6))).toBe(true);
    }),
  );
});

test("live value and history are one course", async () => {
  const { services } = worldOf();
  services.store.subscribe(1, () => {});
  const { series } = await services.history.load([1, 99], NOW - 60e6, NOW + 60e6, 1000);
  expect(series).toHaveLength(1);
  expect(series[0]?.t.at(-1)).toBeLessThan(NOW);
  expect(services.store.get(1)?.v).toBe(valueAt(temperature, NOW));
  expect(series[0]?.v.at(0)).toBe(valueAt(temperature, NOW - 60e6));
});

test("a tag can be held, also as bad with what it last was, and let go", () => {
  const world = worldOf();
  const { store } = world.services;
  store.subscribe(1, () => {});
  world.force(1, { v: 99, q: 0 });
  expect(store.get(1)).toMatchObject({ v: 99, q: 0 });
  world.force(1, { v: 99, q: 129 });
  expect(store.get(1)).toMatchObject({ v: null, q: 129, good: { v: valueAt(temperature, NOW) } });
  world.force(1, null);
  expect(store.get(1)?.v).toBe(valueAt(temperature, NOW));
});

test("numbers of a range are those of its course", async () => {
  const { history } = worldOf(true).services;
  const numbers = async (fn: "min" | "max" | "mean" | "count" | "delta") =>
    Number((await history.summary(1, NOW - 3600e6, NOW, fn))?.v);
  expect(await numbers("min")).toBeLessThan(await numbers("mean"));
  expect(await numbers("mean")).toBeLessThan(await numbers("max"));
  expect(await numbers("count")).toBeGreaterThan(100);
  expect((await history.summary(99, 0, NOW, "max")) ?? null).toBeNull();
});

test("a replay begins where there is something to see", async () => {
  const course = {
    id: 1,
    kind: "f" as const,
    reduced: false,
    t: [NOW - 90e6, NOW - 60e6],
    v: [null, 4],
    q: [129, 0],
  };
  const load = async () => ({ series: [course], gaps: [] });
  expect(await firstMoment({ load }, [1], NOW - 600e6, NOW)).toBe(NOW - 60e6);
  const later = [80, 70, 70, 70, 5].map((s, id) => ({ ...course, id, t: [NOW - s * 1e6], v: [1], q: [0] }));
  const many = async () => ({ series: later, gaps: [] });
  expect(await firstMoment({ load: many }, [1], NOW - 600e6, NOW)).toBe(NOW - 70e6);
  expect(await firstMoment({ load }, [], NOW - 600e6, NOW)).toBe(NOW - 600e6);
  const fails = async () => {
    throw new Error("unreachable");
  };
  expect(await firstMoment({ load: fails }, [1], NOW - 600e6, NOW)).toBe(NOW - 600e6);
});
