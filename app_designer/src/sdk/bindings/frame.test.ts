import { afterEach, expect, it } from "vitest";
import { forgetFrame, nextFrame, setFrameScheduler } from "./frame";

afterEach(() => setFrameScheduler(null));

function frames() {
  const waiting: (() => void)[] = [];
  setFrameScheduler((run) => waiting.push(run));
  const pass = () => waiting.shift()?.();
  return { waiting, pass };
}

it("does in one frame what was asked for, once, and what that asks for in turn", () => {
  const { waiting, pass } = frames();
  const done: string[] = [];
  const reader = () => done.push("reader");
  const formula = () => {
    done.push("formula");
    nextFrame(reader);
  };
  nextFrame(formula);
  nextFrame(formula);
  nextFrame(() => done.push("tag"));
  pass();
  expect(done).toEqual(["formula", "tag", "reader"]);
  expect(waiting).toHaveLength(0);
});

it("gives what never rests one more frame after the other, and forgets what is taken back", () => {
  const { waiting, pass } = frames();
  let turns = 0;
  const restless = () => {
    turns += 1;
    nextFrame(restless);
  };
  nextFrame(restless);
  pass();
  expect(turns).toBe(4);
  expect(waiting).toHaveLength(1);
  forgetFrame(restless);
  pass();
  expect(turns).toBe(4);
  expect(waiting).toHaveLength(0);
});

it("goes on after a listener that throws", () => {
  const { waiting, pass } = frames();
  const done: string[] = [];
  nextFrame(() => {
    nextFrame(() => done.push("later"));
    throw new Error("broken");
  });
  expect(pass).toThrow("broken");
  expect(waiting).toHaveLength(1);
  pass();
  expect(done).toEqual(["later"]);
});
