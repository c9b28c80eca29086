import { describe, expect, it, vi } from "vitest";
import { usesFormulas } from "./formula_engine";

const page = (bind: unknown) => ({ pages: { p: { elements: { e: { type: "value", bind } } } } });
const computed = { "/value": { source: "expression", text: "a * 2", vars: {} } };

describe("which apps wait for the formulas", () => {
  it("those with one on a page, in a block or inside another binding", () => {
    expect(usesFormulas(page(computed) as never)).toBe(true);
    expect(usesFormulas({ pages: {}, blocks: { "own/1": page(computed) } } as never)).toBe(true);
  });

  it("no other", () => {
    expect(usesFormulas(page({ "/value": { source: "static", value: "expression" } }) as never)).toBe(false);
  });
});

describe("what draws before they are here", () => {
  it("waits for a promise, and finds them afterwards", async () => {
    vi.resetModules();
    const { formulas } = await import("./formula_engine");
    let thrown: unknown;
    try {
      formulas();
    } catch (waited) {
      thrown = waited;
    }
    expect(thrown).toBeInstanceOf(Promise);
    await thrown;
    expect(formulas().expressionSignal).toBeTypeOf("function");
  });
});
