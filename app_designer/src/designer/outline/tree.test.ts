import { describe, expect, it } from "vitest";
import { addElements } from "../model/operations";
import { id, modelOf } from "../testing/fixtures";
import { moveInTree, rowsOf } from "./tree";

const NONE: ReadonlySet<string> = new Set();

function withCard() {
  const model = modelOf();
  const { draft } = model.getState();
  const element = { type: "card", props_version: 1, parent: null };
  const at = { draft, canvas: "main" };
  model.change("card", addElements(at, "", [{ id: id(500), element, item: { x: 0, y: 20, w: 6, h: 6 } }]));
  return model;
}

const shown = (model: ReturnType<typeof modelOf>, query = "") =>
  rowsOf(model.getState().draft, "main", (element) => element, query, NONE).map(({ id: row, depth }) => [
    row,
    depth,
  ]);

describe("the outline", () => {
  it("lists the page in reading order", () => {
    const rows = shown(modelOf()).map(([row]) => row);
    expect(rows).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(id));
  });

  it("moves into the container before, out again, and among neighbours", () => {
    const model = withCard();
    const at = () => model.getState();
    model.change("down", moveInTree(at(), id(500), "up"));
    expect(shown(model).at(-1)).toEqual([id(7), 0]);
    model.change("in", moveInTree(at(), id(7), "in"));
    const rows = shown(model);
    const card = rows.findIndex(([row]) => row === id(500));
    expect(rows.slice(card, card + 2)).toEqual([
      [id(500), 0],
      [id(7), 1],
    ]);
    expect(at().draft.pages.main?.layout.lg.items).not.toHaveProperty(id(7));
    model.change("out", moveInTree(at(), id(7), "out"));
    expect(at().draft.pages.main?.elements?.[id(7)]?.parent).toBeNull();
    expect(at().draft.pages.main?.layout.lg.items).toHaveProperty(id(7));
  });

  it("shows what a search finds, with what it is inside of", () => {
    const model = withCard();
    model.change("up", moveInTree(model.getState(), id(500), "up"));
    model.change("in", moveInTree(model.getState(), id(7), "in"));
    expect(shown(model, id(7))).toEqual([
      [id(500), 0],
      [id(7), 1],
    ]);
    expect(shown(model, "nothing like it")).toEqual([]);
  });

  it("ends for elements that hold each other, which only a damaged file has", () => {
    const model = modelOf();
    model.change("ring", [
      { path: ["pages", "main", "elements", id(0), "parent"], value: { id: id(1), slot: "content" } },
      { path: ["pages", "main", "elements", id(1), "parent"], value: { id: id(0), slot: "content" } },
    ]);
    expect(shown(model)).toHaveLength(6);
  });
});
