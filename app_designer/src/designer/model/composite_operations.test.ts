import { describe, expect, it } from "vitest";
import { id, modelOf } from "../testing/fixtures";
import { makeBlock, suggestParams } from "./composite_operations";

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
});
