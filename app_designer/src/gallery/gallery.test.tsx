import { loadManifests } from "@runtime/registry";
import { DetailContext } from "@sdk/context";
import { fireEvent, render, screen, waitFor } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { fakePlatform, Scene } from "../testing/fakes";
import { choicesFrom } from "./choices";
import { typeWords } from "./Details";
import { BLOCK_STATES, ExampleWorld, statesOf } from "./example_services";
import Gallery, { matches } from "./Gallery";
import { stageSize } from "./Stage";

vi.mock("@sdk/chart/TrendChart", () => ({ default: () => null }));

function show() {
  return render(
    <Scene platform={fakePlatform()}>
      <Gallery />
    </Scene>,
  );
}

describe("gallery", () => {
  beforeEach(() => history.replaceState(null, "", "/gallery"));

  it("shows every state and all that the manifest says of a chosen block, and keeps the choice in the address", async () => {
    history.replaceState(null, "", "/gallery?block=gauge&theme=both&lang=zh-CN");
    show();
    await waitFor(() => expect(screen.getByRole("article", { name: "仪表盘" })).toBeTruthy(), {
      timeout: 5000,
    });
    expect(screen.getByText("Every state")).toBeTruthy();
    const captions = [...document.querySelectorAll("figcaption")].map((entry) => entry.textContent);
    expect(captions).toContain("No permission");
    expect(document.querySelectorAll("[data-theme=dark] [class*=box]").length).toBeGreaterThan(10);
    fireEvent.click(screen.getByRole("button", { name: "Phone" }));
    expect(location.search).toContain("size=phone");
    expect(location.search).toContain("block=gauge");
  });

  it("keeps what one block was told from the next, and asks no platform for details", async () => {
    history.replaceState(null, "", "/gallery?block=card");
    const asked = vi.fn();
    render(
      <Scene platform={fakePlatform()}>
        <DetailContext.Provider value={asked}>
          <Gallery />
        </DetailContext.Provider>
      </Scene>,
    );
    const open = (block: string) => fireEvent.click(screen.getByText(block, { selector: "aside li span" }));
    const press = async (block: string) => {
      const inside = () =>
        document.querySelectorAll(`article[aria-label="${block}"] figure :is(button, input)`);
      await waitFor(() => expect(inside().length).toBeGreaterThan(0), { timeout: 5000 });
      for (const button of inside()) fireEvent.click(button);
    };
    await press("Card");
    open("Checklist");
    await press("Checklist");
    expect(screen.queryByText("This block failed")).toBeNull();
    open("Value");
    await press("Value");
    expect(asked).not.toHaveBeenCalled();
  }, 20_000);

  it("searches in both languages", async () => {
    history.replaceState(null, "", "/gallery?q=nothing-like-this");
    show();
    await waitFor(() => expect(screen.getByText(/No block matches/)).toBeTruthy());
    const manifests = await loadManifests();
    const found = (words: string) => manifests.filter((entry) => matches(entry, words)).map(({ id }) => id);
    expect(found("仪表")).toContain("gauge");
    expect(found("round meter")).toContain("gauge");
  });
});

describe("choices", () => {
  it("fall back where the address says nonsense", () => {
    const params = new URLSearchParams("size=giant&theme=pink&lang=xx&block=gauge");
    expect(choicesFrom(params, "zh-CN", "dark")).toMatchObject({
      size: "pc",
      theme: "dark",
      language: "zh-CN",
      block: "gauge",
    });
  });
});

it("gives a block the room it has on each screen", () => {
  const layout = {
    grid: { w: 3, h: 2, min_w: 2, min_h: 2, max_w: 6, max_h: 40 },
    compact: { span: 2 as const, h: 3 },
  };
  expect(stageSize(layout, "pc")).toEqual({ width: 282, height: 92 });
  expect(stageSize(layout, "phone")).toEqual({ width: 358, height: 144 });
  expect(stageSize(layout, "min").width).toBe(184);
  expect(stageSize(layout, "max").height).toBe(820);
});

it("says the type of a property in a few words", () => {
  expect(typeWords({ enum: ["a", "b"] })).toBe("a · b");
  expect(typeWords({ type: "integer", minimum: 0, maximum: 6 })).toBe("integer 0…6");
  expect(typeWords({ $ref: "interlock:types#/text" })).toBe("text");
});

describe("example world", () => {
  const data = {
    v: 5,
    points: [
      [100, 4, 0],
      [0, 5, 0],
    ],
  } as never;
  const one = (state: (typeof BLOCK_STATES)[number]) => {
    const world = new ExampleWorld(state);
    const signal = world.signals({ value: data }).value?.[0];
    return { world, signal, sample: signal?.tag ? world.services.store.get(signal.tag.id) : null };
  };

  it("has a sample of its own for each state, and tags that no platform has", () => {
    expect(one("good")).toMatchObject({ sample: { v: 5, q: 0, fresh: 0 } });
    expect(one("good").signal?.tag?.id).toBeLessThan(0);
    expect(one("stale").sample).toMatchObject({ fresh: 1 });
    expect(one("offline").sample).toMatchObject({ fresh: 2 });
    expect(one("bad").sample).toMatchObject({ v: null, q: 129, good: { v: 5 } });
    expect(one("loading").sample).toBeNull();
    expect(one("empty").signal).toBeUndefined();
    expect(one("no_permission").signal).toMatchObject({ tag: null, problem: "no_permission" });
    expect(one("no_link").world.services.live.linkState().up).toBe(false);
  });

  it("answers the history of its points, and fails where that is the state", async () => {
    const { world, signal } = one("good");
    const now = Date.now() * 1000;
    const query = { ids: [signal?.tag?.id ?? 0], from: now - 60e6, to: now + 60e6 };
    const { series } = await world.services.api.history(query);
    expect(series[0]?.v).toEqual([4, 5]);
    await expect(one("error").world.services.api.history(query)).rejects.toThrow();
  });

  it("leaves out the states that a block cannot be in", () => {
    expect(statesOf({})).toEqual(["good"]);
    expect(statesOf({ inputs: { value: {} } })).not.toContain("disabled");
    expect(statesOf({ writes: { value: {} } })).toEqual(BLOCK_STATES);
  });
});
