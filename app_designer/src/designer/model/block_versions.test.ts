import { describe, expect, it } from "vitest";
import type { CompositeDocument } from "../../generated/documents.gen";
import { draftOfPages, id, modelOf, pageOf, valueElement } from "../testing/fixtures";
import { editableBlock, isInUse, newestVersion, updatableInstances } from "./block_versions";
import type { Draft } from "./contract";

const block = (
  name: string,
  version: number,
  elements: CompositeDocument["elements"] = {},
): CompositeDocument => ({
  format: 1,
  id: name,
  version,
  name: { en: name },
  size: { grid: { w: 3, h: 2 }, compact: { span: 2, h: 2 } },
  elements,
  layout: { kind: "grid", items: {} },
});
const shows = (name: string, version: number) => ({ type: `composite.${name}`, props_version: version });

function draftWith(blocks: CompositeDocument[], page: CompositeDocument["elements"] = {}): Draft {
  const whole = draftOfPages({ ...pageOf("main", 0), elements: page });
  return { ...whole, blocks: Object.fromEntries(blocks.map((one) => [`${one.id}.${one.version}`, one])) };
}
const NONE: ReadonlySet<string> = new Set();
const retitle = (key: string, title: string) => [
  { path: ["blocks", key, "elements", id(1), "props", "title"], value: title },
];

describe("a version of a block is in use", () => {
  const draft = draftWith(
    [block("cell", 1), block("cell", 2), block("row", 1, { [id(5)]: shows("cell", 2) })],
    {
      [id(1)]: shows("cell", 1),
    },
  );

  it("by a page, by another block, and by a release that has it", () => {
    const state = { draft, released: new Set(["row.1"]) };
    expect(isInUse(state, "cell.1")).toBe(true);
    expect(isInUse(state, "cell.2")).toBe(true);
    expect(isInUse(state, "row.1")).toBe(true);
    expect(isInUse({ draft, released: NONE }, "row.1")).toBe(false);
  });

  it("and what is edited then is a successor, with a number no release has taken", () => {
    const plain = draftWith([block("cell", 1)]);
    expect(editableBlock({ draft: plain, released: NONE }, "cell")).toEqual({
      canvas: "block:cell.1",
      changes: [],
    });
    const found = editableBlock({ draft: plain, released: new Set(["cell.1", "cell.4"]) }, "cell");
    expect(found?.canvas).toBe("block:cell.5");
    expect(found?.changes[0]?.value).toMatchObject({ id: "cell", version: 5 });
    expect(newestVersion({ draft: plain, released: new Set(["gone.3"]) }, "gone")).toBe(3);
  });

  it("only in the newest version of another block can be updated: older ones stay as they are", () => {
    const nested = draftWith([
      block("cell", 1),
      block("row", 1, { [id(5)]: shows("cell", 1) }),
      block("row", 2, { [id(5)]: shows("cell", 1) }),
    ]);
    expect(updatableInstances(nested, "cell")).toEqual([{ canvas: "block:row.2", id: id(5), version: 1 }]);
  });
});

describe("a change to a version in use", () => {
  const start = () => {
    const model = modelOf(
      draftWith([block("cell", 1, { [id(1)]: valueElement("press_1", "Old") })], {
        [id(9)]: shows("cell", 1),
      }),
    );
    model.open("block:cell.1");
    return model;
  };
  const titleIn = (draft: Draft, key: string) => draft.blocks[key]?.elements?.[id(1)]?.props?.title;

  it("is made to a successor, which is shown; the page shows what it did", () => {
    const model = start();
    model.change("title", retitle("cell.1", "New"));
    const { draft, canvas } = model.getState();
    expect(canvas).toBe("block:cell.2");
    expect([titleIn(draft, "cell.1"), titleIn(draft, "cell.2")]).toEqual(["Old", "New"]);
    expect(draft.pages.main?.elements?.[id(9)]?.props_version).toBe(1);
    model.change("again", retitle("cell.2", "Newer"));
    expect(Object.keys(model.getState().draft.blocks)).toEqual(["cell.1", "cell.2"]);
  });

  it("is one step, which goes back to the version it came from, and forth again", () => {
    const model = start();
    const before = model.getState().draft;
    model.change("title", retitle("cell.1", "New"));
    const after = model.getState().draft;
    model.undo();
    expect(model.getState().draft).toEqual(before);
    expect(model.getState().canvas).toBe("block:cell.1");
    model.redo();
    expect(model.getState().draft).toEqual(after);
    expect(model.getState().canvas).toBe("block:cell.2");
  });

  it("of a released one likewise, though nothing shows it", () => {
    const model = modelOf(draftWith([block("cell", 3, { [id(1)]: valueElement("press_1", "Old") })]));
    model.setReleased(new Set(["cell.3"]));
    model.change("title", retitle("cell.3", "New"));
    expect(titleIn(model.getState().draft, "cell.4")).toBe("New");
    expect(titleIn(model.getState().draft, "cell.3")).toBe("Old");
  });

  it("that was published meanwhile: the edits and their steps are those of the next one", () => {
    const old = block("cell", 1, { [id(1)]: valueElement("press_1", "Old") });
    const model = modelOf(draftWith([old]));
    model.open("block:cell.1");
    model.change("title", retitle("cell.1", "New"));
    model.moveToSuccessor("cell.1", old);
    expect(model.getState().canvas).toBe("block:cell.2");
    expect(titleIn(model.getState().draft, "cell.1")).toBe("Old");
    expect(model.getState().draft.blocks["cell.2"]).toMatchObject({ version: 2 });
    model.undo();
    expect(titleIn(model.getState().draft, "cell.2")).toBe("Old");
    model.redo();
    expect(titleIn(model.getState().draft, "cell.2")).toBe("New");
    expect(titleIn(model.getState().draft, "cell.1")).toBe("Old");
  });

  it("whose number a deleted release has: the places follow to the next one", () => {
    const model = modelOf(draftWith([block("cell", 1)], { [id(9)]: shows("cell", 1) }));
    model.moveToSuccessor("cell.1", undefined);
    const { draft } = model.getState();
    expect(Object.keys(draft.blocks)).toEqual(["cell.2"]);
    expect(draft.pages.main?.elements?.[id(9)]?.props_version).toBe(2);
  });
});
