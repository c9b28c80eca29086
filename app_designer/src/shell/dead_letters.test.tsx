import { ApiError } from "@sdk/api/problem";
import type { DeadLetter, DeadLetters, EdgeHealth, Health } from "@sdk/api/types";
import { render, screen } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import DeadLetterList from "./DeadLetterList";

const LETTER: DeadLetter = {
  id: 3,
  edge: "line_1",
  connection: "press_1",
  received: 1e15,
  code: "ingest.kind",
  reason: "A group of kind 'f' has tags of another kind.",
  bytes: 1536,
  points: 1203,
  from: 1e15 - 1e6,
  to: 1e15,
};

const health = (dead: number, letters: number): Health => ({
  now: 1e15,
  edges: [{ id: "line_1", identity: { accepted: 9, acked: 9, pending: 0, dropped: 0, dead } } as EdgeHealth],
  gaps: [],
  dead_letters: letters,
  disk: null,
  broker: null,
});

function shown(answer: DeadLetters | ApiError, dead = 0, language: "en" | "zh-CN" = "en") {
  const platform = fakePlatform();
  const asked = vi.spyOn(platform.services.api, "deadLetters");
  if (answer instanceof ApiError) asked.mockRejectedValue(answer);
  else asked.mockResolvedValue(answer);
  const scene = (count: number) => (
    <Scene platform={platform} language={language}>
      <DeadLetterList health={health(dead, count)} />
    </Scene>
  );
  const { rerender } = render(scene(1));
  return { asked, again: (count: number) => rerender(scene(count)) };
}

describe("the list of dead letters", () => {
  it("tells where, why, how many and how large", async () => {
    shown({ letters: [LETTER], kept: 1 }, 1203);
    const row = (await screen.findByText("line_1 / press_1")).closest("tr");
    expect(row?.textContent).toContain("Values of another kind than their tag has here");
    expect(row?.textContent).toContain("1,203");
    expect(row?.textContent).toContain("1.5 KiB");
    expect(screen.getByText("line_1 counts 1,203 values as dead.")).toBeTruthy();
  });
  it("speaks Chinese", async () => {
    shown({ letters: [LETTER], kept: 1 }, 0, "zh-CN");
    expect(await screen.findByText("数值类型与标签在平台上的类型不符")).toBeTruthy();
  });
  it("shows a code without words as it is, and what is not known", async () => {
    shown({ letters: [{ ...LETTER, code: "ingest.newer", connection: null, points: null }], kept: 140 });
    expect(await screen.findByText("ingest.newer")).toBeTruthy();
    expect(screen.getByText("not known")).toBeTruthy();
    expect(screen.getByText("The latest 1 of 140.")).toBeTruthy();
  });
  it("says that there are none", async () => {
    shown({ letters: [], kept: 0 });
    expect(await screen.findByText(/^No dead letters/)).toBeTruthy();
  });
  it("says that there are some which the role does not see", async () => {
    shown({ letters: [], kept: 2 });
    expect(await screen.findByText(/^2 are kept/)).toBeTruthy();
  });
  it("says that the role may not see them", async () => {
    shown(new ApiError(403, "auth.forbidden", "no"));
    expect(await screen.findByText("Your role does not see dead letters")).toBeTruthy();
  });
  it("says what went wrong otherwise", async () => {
    shown(new ApiError(500, "http_500", ""));
    expect(await screen.findByRole("alert")).toBeTruthy();
  });
  it("is read anew when their number changes, and only then", async () => {
    const { asked, again } = shown({ letters: [LETTER], kept: 1 });
    await screen.findByText("line_1 / press_1");
    again(1);
    expect(asked).toHaveBeenCalledTimes(1);
    again(2);
    await vi.waitFor(() => expect(asked).toHaveBeenCalledTimes(2));
  });
});
