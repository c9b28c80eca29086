import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { draftOfPages, id, modelOf, NO_PLANT, pageOf, valueElement } from "../testing/fixtures";
import { dice, randomEdit } from "../testing/random_edits";
import { addElements, setMember } from "./operations";
import { applyChanges } from "./paths";
import { DesignerModel } from "./store";

describe("undo", () => {
  it("takes back any 500 edits to exactly the first document, and makes them again", () => {
    fc.assert(
      fc.property(fc.array(dice, { minLength: 500, maxLength: 500 }), (rolls) => {
        const model = modelOf();
        const first = structuredClone(model.getState().draft);
        const kinds = new Set(rolls.map((roll) => randomEdit(model, roll)));
        const last = structuredClone(model.getState().draft);
        let steps = 0;
        for (; model.getState().canUndo; steps += 1) model.undo();
        expect(model.getState().draft).toStrictEqual(first);
        expect(steps).toBeGreaterThan(200);
        expect(kinds.size).toBeGreaterThan(15);
        while (model.getState().canRedo) model.redo();
        expect(model.getState().draft).toStrictEqual(last);
      }),
      { numRuns: 6 },
    );
  }, 120_000);

  it("shows the page and the selection a step was made with", () => {
    const model = modelOf();
    const { draft } = model.getState();
    model.select([id(2)]);
    model.change("title", setMember({ draft, canvas: "main" }, [id(2)], ["props", "title"], "A"));
    model.open("other");
    model.undo();
    expect(model.getState()).toMatchObject({ canvas: "main", selection: [id(2)] });
    expect(model.getState().draft).toStrictEqual(draft);
  });

  it("makes one step of what is typed in a row, and a new one after a pause elsewhere", () => {
    const model = modelOf();
    const type = (title: string) => {
      const { draft } = model.getState();
      model.change("title", setMember({ draft, canvas: "main" }, [id(1)], ["props", "title"], title), {
        coalesce: "title",
      });
    };
    for (const title of ["S", "Sp", "Spe"]) type(title);
    model.select([id(3)]);
    type("Speed");
    model.undo();
    expect(model.getState().draft.pages.main?.elements?.[id(1)]?.props?.title).toBe("Spe");
    model.undo();
    expect(model.getState().draft.pages.main?.elements?.[id(1)]?.props?.title).toBe("Value 1");
    expect(model.getState().canUndo).toBe(false);
  });

  it("does not bring back half of an element that somebody else has deleted", () => {
    const model = modelOf();
    const { draft } = model.getState();
    model.change("title", setMember({ draft, canvas: "main" }, [id(1)], ["props", "title"], "Mine"));
    const gone = applyChanges(model.getState().draft, [
      { path: ["pages", "main", "elements", id(1)], value: undefined },
    ]).root;
    model.adopt(gone, []);
    model.undo();
    expect(model.getState().draft.pages.main?.elements?.[id(1)]).toBeUndefined();
    model.redo();
    expect(model.getState().draft.pages.main?.elements?.[id(1)]).toBeUndefined();
  });

  it("counts no step for a change that changes nothing", () => {
    const model = modelOf();
    const { draft } = model.getState();
    model.change("same", setMember({ draft, canvas: "main" }, [id(1)], ["props", "title"], "Value 1"));
    expect(model.getState().canUndo).toBe(false);
    expect(model.getState().draft).toBe(draft);
  });
});

describe("changes", () => {
  it("keep the identity of everything they do not touch", () => {
    const model = modelOf();
    const before = model.getState().draft;
    model.change("title", setMember({ draft: before, canvas: "main" }, [id(1)], ["props", "title"], "New"));
    const after = model.getState().draft;
    expect(after.pages.other).toBe(before.pages.other);
    expect(after.pages.main?.elements?.[id(2)]).toBe(before.pages.main?.elements?.[id(2)]);
    expect(after.pages.main?.layout).toBe(before.pages.main?.layout);
  });

  it("of a name that would reach into the language itself are refused", () => {
    const model = modelOf();
    expect(() => model.change("bad", [{ path: ["app", "__proto__", "x"], value: 1 }])).toThrow(RangeError);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("push nothing away on a page of 500 elements but what is in the way", () => {
    const model = new DesignerModel({
      appId: "line",
      draft: draftOfPages(pageOf("main", 500)),
      plant: NO_PLANT,
    });
    const { draft } = model.getState();
    const item = { x: 0, y: 0, w: 3, h: 2 };
    const changes = addElements({ draft, canvas: "main" }, "", [
      { id: id(9999), element: valueElement("a"), item },
    ]);
    model.change("add", changes);
    const { elements, layout } = model.getState().draft.pages.main ?? {};
    expect(Object.keys(elements ?? {})).toHaveLength(501);
    expect(Object.keys(layout?.lg.items ?? {})).toHaveLength(501);
  });
});
