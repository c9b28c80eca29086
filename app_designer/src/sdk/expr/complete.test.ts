import { describe, expect, it } from "vitest";
import { SIGNATURES } from "../../generated/expr_signatures.gen";
import { complete, FUNCTION_DOCS } from "./index";
import type { VarType } from "./types";
import { wideInteger } from "./wide";

const vars: Record<string, VarType> = {
  temperature: { type: "number", unit: "°C" },
  speed: { type: "number", unit: "1/min" },
  event: { type: "record", fields: { value: { type: "number" }, name: { type: "string" } } },
};

/** The labels offered where `|` stands. */
function labels(marked: string): string[] {
  const cursor = marked.indexOf("|");
  return complete(marked.replace("|", ""), cursor, vars).map((item) => item.label);
}

describe("completion", () => {
  it("offers variables before functions at the start and after operators", () => {
    expect(labels("|").slice(0, 3)).toEqual(["temperature", "speed", "event"]);
    expect(labels("1 + |").slice(0, 3)).toEqual(["temperature", "speed", "event"]);
    expect(labels("max(speed, |")).toContain("temperature");
    expect(labels("not |")).toContain("speed");
  });

  it("puts what begins with the typed letters first", () => {
    expect(labels("temp|")[0]).toBe("temperature");
    expect(labels("1 + ro|")).toEqual(["round"]);
    expect(labels("good|")).toEqual(["is_good", "last_good"]);
  });

  it("offers fields after a record, and nothing after a plain value", () => {
    expect(labels("event.|")).toEqual(["value", "name"]);
    expect(labels("event.na|")).toEqual(["name"]);
    expect(labels("speed.|")).toEqual([]);
    expect(labels("speed |")).toEqual([]);
    expect(labels("(speed) |")).toEqual([]);
  });

  it("offers units inside of convert, also by their Chinese names", () => {
    expect(labels("convert(speed, '|")).toContain("bar");
    expect(labels("convert(speed, 'kp|")[0]).toBe("kPa");
    expect(labels("convert(speed, '千帕|")).toEqual(["kPa"]);
    expect(labels("upper('|")).toEqual([]);
  });

  it("replaces what is typed, in the middle of a formula too", () => {
    const [item] = complete("1 + temp * 2", 8, vars);
    expect(item).toMatchObject({ kind: "variable", insert: "temperature", start: 4, end: 8 });
  });

  it("works behind a mistake", () => {
    expect(labels("“x” + temp|")[0]).toBe("temperature");
  });
});

describe("help", () => {
  it("has every function in both languages", () => {
    expect(FUNCTION_DOCS.map((item) => item.name).sort()).toEqual(Object.keys(SIGNATURES).sort());
    for (const { doc } of FUNCTION_DOCS) expect(doc.en && doc["zh-CN"]).toBeTruthy();
  });
});

describe("integers beyond 2^53", () => {
  it("become the nearest double and are uncertain", () => {
    expect(wideInteger("9007199254740993", 0)).toEqual({ v: 9007199254740992, q: 64 });
    expect(wideInteger("-18446744073709551615", 129)).toEqual({ v: -18446744073709552000, q: 129 });
    expect(wideInteger("42", 1)).toEqual({ v: 42, q: 1 });
    expect(wideInteger("4.2", 0)).toEqual({ v: "4.2", q: 0 });
    expect(wideInteger(7, 0)).toEqual({ v: 7, q: 0 });
  });
});
