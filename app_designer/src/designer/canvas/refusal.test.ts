import { type Block, blocks } from "@runtime/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Element } from "../../generated/documents.gen";
import { duplicateSelection, pasteClip } from "../clipboard/actions";
import { clipOf } from "../clipboard/clipboard";
import { sayPasted } from "../keys/commands";
import { id, modelOf, valueElement } from "../testing/fixtures";
import { bestPlace, insertElement, passedOver } from "./insert";
import { onRefused, refusalOf, refusalText } from "./refusal";

type Store = Parameters<typeof pasteClip>[0];
const registry = blocks as Map<string, Block>;
const box = id(50);
const AREA = `${box}/body`;

/** A container that takes two inputs and nothing else. */
beforeAll(() => {
  const card = blocks.get("card");
  if (!card) throw new Error("There is no card.");
  const body = { ...card.manifest.slots?.body, label: {}, allow: ["input"], items_max: 2, description: "" };
  registry.set("picky", { ...card, manifest: { ...card.manifest, id: "picky", slots: { body } } as never });
});
afterAll(() => void registry.delete("picky"));

const inside = (type: string): Element => ({ type, props_version: 1, parent: { id: box, slot: "body" } });

function modelWith(...types: string[]) {
  const model = modelOf();
  const path = ["pages", "main"];
  const items = Object.fromEntries(types.map((_, n) => [id(60 + n), { x: n * 3, y: 0, w: 3, h: 2 }]));
  model.change("box", [
    { path: [...path, "elements", box], value: { type: "picky", props_version: 1, parent: null } },
    { path: [...path, "layout", "lg", "items", box], value: { x: 0, y: 40, w: 6, h: 6 } },
    { path: [...path, "layout", "lg", "slots"], value: { [AREA]: { kind: "grid", items } } },
    ...types.map((type, n) => ({ path: [...path, "elements", id(60 + n)], value: inside(type) })),
  ]);
  return model;
}

describe("a container", () => {
  it("takes only its kinds, and only as many as it holds", () => {
    const state = modelWith("button").getState();
    expect(refusalOf(state, AREA, ["switch"])).toBeNull();
    expect(refusalOf(state, AREA, ["value"])?.why).toBe("kind");
    expect(refusalOf(state, AREA, ["switch", "switch"])?.why).toBe("full");
    expect(refusalOf(state, `${box}/lid`, ["switch"])?.why).toBe("no_slot");
    expect(refusalOf(state, "", ["value"])).toBeNull();
  });
  it("says in words what it takes", () => {
    const refusal = refusalOf(modelWith().getState(), AREA, ["value"]);
    expect(refusal && refusalText(refusal)).toMatch(/does not take this kind of block, only: Inputs\.$/);
  });
  it("that is locked takes nothing", () => {
    const model = modelWith();
    model.change("lock", [{ path: ["pages", "main", "elements", box, "locked"], value: true }]);
    expect(refusalOf(model.getState(), AREA, ["switch"])?.why).toBe("locked");
  });
});

describe("what is refused", () => {
  it("is not pasted, and is told", () => {
    const model = modelWith("button");
    const clip = clipOf(model.getState(), [id(0)]);
    model.select([id(60)]);
    const { draft } = model.getState();
    const outcome = pasteClip(model as unknown as Store, clip, "paste");
    expect(outcome).toMatchObject({ why: "kind" });
    expect(model.getState().draft).toBe(draft);
    const said: string[] = [];
    const stop = onRefused((words) => said.push(words));
    sayPasted(
      outcome,
      (key) => key,
      () => {},
    );
    stop();
    expect(said).toEqual([expect.stringContaining("Inputs")]);
  });
  it("is not doubled where there is no room", () => {
    const model = modelWith("button", "switch");
    model.select([id(60)]);
    expect(duplicateSelection(model as unknown as Store, "double")?.why).toBe("full");
  });
  it("goes beside the container when it is added by key, and why is known", () => {
    const model = modelWith("button");
    model.select([id(60)]);
    const state = model.getState();
    expect(bestPlace(state, valueElement("press_1")).area).toBe("");
    expect(passedOver(state, "value")?.why).toBe("kind");
    expect(bestPlace(state, { type: "switch", props_version: 1 }).area).toBe(AREA);
    expect(passedOver(state, "switch")).toBeNull();
    model.select([box]);
    expect(bestPlace(model.getState(), valueElement("press_1")).area).toBe("");
    expect(passedOver(model.getState(), "value")?.why).toBe("kind");
  });
});

it("what is dropped near the edge of a free sheet stays on it", () => {
  const model = modelOf();
  const free = { kind: "free", width: 800, height: 400, items: {} };
  model.change("free", [
    { path: ["pages", "main", "elements"], value: {} },
    { path: ["pages", "main", "layout", "lg"], value: free },
  ]);
  const held = { x: 780, y: 390, w: 10, h: 10 };
  const added = insertElement(model as unknown as Store, "add", valueElement("press_1"), {
    area: "",
    item: held,
  });
  const item = model.getState().draft.pages.main?.layout.lg.items?.[added] as typeof held;
  expect(item.w).toBeGreaterThan(10);
  expect([item.x + item.w <= 800, item.y + item.h <= 400]).toEqual([true, true]);
});
