import { describe, expect, it } from "vitest";
import { getAt } from "../model/paths";
import { differing } from "./ConflictPanel";

describe("what two versions differ in", () => {
  const mine = { props: { title: { en: "A", "zh-CN": "x" }, unit: "s" }, bind: { "/value": { role: "a" } } };
  const theirs = {
    props: { title: { en: "B", "zh-CN": "x" }, unit: "s" },
    bind: { "/value": { role: "b" } },
  };

  it("is named down to the text of one language", () => {
    expect(differing(mine, theirs)).toEqual([
      ["props", "title", "en"],
      ["bind", "/value", "role"],
    ]);
  });

  it("is found again at its path, also where a name is a pointer", () => {
    expect(differing(mine, theirs).map((path) => getAt(theirs, path))).toEqual(["B", "b"]);
  });

  it("is the whole where one of them is gone", () => {
    expect(differing(mine, undefined)).toEqual([[]]);
    expect(differing(mine, mine)).toEqual([]);
  });
});
