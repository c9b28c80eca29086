import { describe, expect, it } from "vitest";
import { setAt } from "../model/paths";
import { id, pageOf } from "../testing/fixtures";
import { mergeDocument } from "./merge";

const base = pageOf("main", 4);
const edit = (path: string[], value: unknown) => setAt(base, path, value) as unknown;

describe("a merge of two versions of a page", () => {
  it("takes what only one side changed, down to the place of an element", () => {
    const mine = edit(["layout", "lg", "items", id(1), "y"], 9);
    const theirs = edit(["elements", id(1), "props", "title"], "Theirs");
    const { document, conflicts } = mergeDocument({ base, mine, theirs });
    expect(conflicts).toEqual([]);
    expect(document).toMatchObject({
      elements: { [id(1)]: { props: { title: "Theirs" } } },
      layout: { lg: { items: { [id(1)]: { y: 9 } } } },
    });
  });

  it("asks once for one element that both changed, and keeps mine until then", () => {
    const mine = edit(["elements", id(1), "props", "title"], "Mine");
    const theirs = edit(["elements", id(1), "bind", "/value"], undefined);
    const { document, conflicts } = mergeDocument({ base, mine, theirs });
    expect(conflicts.map(({ path }) => path)).toEqual([["elements", id(1)]]);
    expect(document).toMatchObject({ elements: { [id(1)]: { props: { title: "Mine" } } } });
  });

  it("asks nothing when both made the same change", () => {
    const both = edit(["title"], { en: "New" });
    expect(mergeDocument({ base, mine: both, theirs: structuredClone(both) }).conflicts).toEqual([]);
  });

  it("does not mix places on a grid with those on a free canvas", () => {
    const mine = edit(["layout", "lg"], {
      kind: "free",
      width: 800,
      height: 600,
      items: { [id(1)]: { x: 1, y: 1, w: 50, h: 50 } },
    });
    const theirs = edit(["layout", "lg", "items", id(1), "y"], 9);
    const { document, conflicts } = mergeDocument({ base, mine, theirs });
    expect(conflicts.map(({ path }) => path)).toEqual([["layout", "lg"]]);
    expect(document).toMatchObject({ layout: { lg: { kind: "free" } } });
  });

  it("asks before a page goes that the other side has changed", () => {
    const theirs = edit(["title"], { en: "Still needed" });
    expect(mergeDocument({ base, mine: undefined, theirs }).conflicts).toHaveLength(1);
    expect(mergeDocument({ base, mine: undefined, theirs: base }).conflicts).toEqual([]);
  });
});
