import { describe, expect, it } from "vitest";
import { id, modelOf } from "../testing/fixtures";
import {
  editableBlock,
  instancesOf,
  makeBlock,
  suggestParams,
  updateInstances,
} from "./composite_operations";

const MADE = { id: "cell", name: { en: "Cell" }, instance: id(900) };

function made(ids: string[]) {
  const model = modelOf();
  const state = model.getState();
  const params = suggestParams(state, ids);
  model.change("block", makeBlock(state, ids, { ...MADE, params }));
  return { model, before: state.draft, params };
}

describe("a block made of a selection", () => {
  it("suggests its machines and texts as parameters", () => {
    const { params } = made([id(0), id(1)]);
    expect(params.map(({ kind, value }) => [kind, value])).toEqual([
      ["asset", "press_0"],
      ["asset", "press_1"],
      ["text", "Value 0"],
      ["text", "Value 1"],
    ]);
  });

  it("holds the elements, which read the parameters, and is shown where they were", () => {
    const { model, before } = made([id(0), id(1)]);
    const { draft } = model.getState();
    const block = draft.blocks["cell.1"];
    expect(block?.elements?.[id(1)]?.bind).toEqual({
      "/value": { source: "tag", asset: { param: "machine_2" }, role: "speed" },
      "/title": { source: "param", param: "title_2" },
    });
    expect(block?.layout).toEqual({
      kind: "grid",
      items: { [id(0)]: { x: 0, y: 0, w: 6, h: 2 }, [id(1)]: { x: 6, y: 0, w: 6, h: 2 } },
    });
    const page = draft.pages.main;
    expect(page?.elements?.[id(0)]).toBeUndefined();
    expect(page?.elements?.[id(900)]).toMatchObject({
      type: "composite.cell",
      props: { machine: "press_0", machine_2: "press_1", title: "Value 0" },
    });
    // It takes their room and nobody else's.
    const { [id(0)]: _a, [id(1)]: _b, ...others } = before.pages.main?.layout.lg.items ?? {};
    expect(page?.layout.lg.items).toEqual({ ...others, [id(900)]: { x: 0, y: 0, w: 6, h: 2 } });
  });

  it("keeps a version that is in use as it is, and updates its places when told to", () => {
    const { model } = made([id(0)]);
    const first = structuredClone(model.getState().draft.blocks["cell.1"]);
    const found = editableBlock(model.getState().draft, "cell");
    expect(found?.canvas).toBe("block:cell.2");
    model.change("edit", found?.changes ?? []);
    model.change("new", [{ path: ["blocks", "cell.2", "name", "en"], value: "Cell, new" }]);
    expect(model.getState().draft.blocks["cell.1"]).toEqual(first);
    // The successor is used by nobody: it is what is edited from now on.
    expect(editableBlock(model.getState().draft, "cell")).toEqual({ canvas: "block:cell.2", changes: [] });
    const older = instancesOf(model.getState().draft, "cell");
    expect(older).toEqual([{ canvas: "main", id: id(900), version: 1 }]);
    model.change("update", updateInstances(older, 2));
    expect(model.getState().draft.pages.main?.elements?.[id(900)]?.props_version).toBe(2);
  });
});
