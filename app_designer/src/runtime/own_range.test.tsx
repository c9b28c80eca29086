import { useRange } from "@sdk/context";
import { act, render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Element } from "../generated/documents.gen";
import { fakePlatform, Scene } from "../testing/fakes";
import { OwnRange, ownSpan } from "./OwnRange";

const bound = (bind: NonNullable<Element["bind"]>): Element => ({ type: "trend", props_version: 1, bind });
const history = { source: "history", asset: "press_1", role: "speed" } as const;

function Shown() {
  const { choice, setChoice } = useRange();
  return (
    <button type="button" onClick={() => setChoice({ kind: "fixed", from: 0, to: 60e6 })}>
      {choice.kind === "live" ? choice.span : "zoomed"}
    </button>
  );
}

describe("the time range of a course", () => {
  it("is its own where the binding says one; that of a single number is another matter", () => {
    expect(ownSpan(bound({ "/series/0": history, "/series/1": { ...history, range: "7d" } }))).toBe("7d");
    expect(ownSpan(bound({ "/series/0": history }))).toBeNull();
    expect(ownSpan(bound({ "/value": { ...history, fn: "mean", range: "8h" } }))).toBeNull();
  });
  it("holds for this block alone, and what is zoomed in it too", () => {
    render(
      <Scene platform={fakePlatform()}>
        <OwnRange span="8h">
          <Shown />
        </OwnRange>
        <Shown />
      </Scene>,
    );
    const [own] = screen.getAllByRole("button");
    const words = () => screen.getAllByRole("button").map((one) => one.textContent);
    expect(words()).toEqual(["8h", "1h"]);
    act(() => own?.click());
    expect(words()).toEqual(["zoomed", "1h"]);
  });
});
