import { describe, expect, it } from "vitest";
import type { Element } from "../../generated/documents.gen";
import { isJoined } from "./ElementBox";
import { spanOf } from "./pinch";

const end = (element: string) => ({ element, anchor: "out" });
const pipe = (props: Record<string, unknown>): Element =>
  ({ type: "pipe", props_version: 1, props }) as unknown as Element;
const pump: Element = { type: "pump", props_version: 1 };

describe("a pipe on the canvas", () => {
  it("is taken hold of by what is drawn once an end is fastened", () => {
    const elements = { el_a: pump, el_p: pipe({ from: end("el_a") }), el_q: pipe({ to: end("el_a") }) };
    expect(isJoined(elements, "el_p")).toBe(true);
    expect(isJoined(elements, "el_q")).toBe(true);
    expect(isJoined(elements, "el_a")).toBe(false);
  });

  it("keeps its own box where both ends are loose, or the elements are gone", () => {
    expect(isJoined({ el_a: pump, el_p: pipe({}) }, "el_p")).toBe(false);
    const gone = { el_p: pipe({ from: end("el_a"), to: end("el_b") }) };
    expect(isJoined(gone, "el_p")).toBe(false);
  });
});

describe("two fingers", () => {
  const touches = (...points: [number, number][]) =>
    points.map(([clientX, clientY]) => ({ clientX, clientY })) as unknown as TouchList;

  it("have a middle and a distance; one finger has neither", () => {
    expect(spanOf(touches([0, 0], [30, 40]))).toEqual({ x: 15, y: 20, size: 50 });
    expect(spanOf(touches([5, 5]))).toBeNull();
  });

  it("are never so near that zooming divides by nothing", () => {
    expect(spanOf(touches([5, 5], [5, 5]))?.size).toBe(1);
  });
});
