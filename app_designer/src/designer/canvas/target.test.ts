import { describe, expect, it } from "vitest";
import { setMember } from "../model/operations";
import { id, modelOf } from "../testing/fixtures";
import type { AreaOnScreen } from "./hit";
import { type Held, landing } from "./target";

const node = document.createElement("div");
const area = (top: number): AreaOnScreen => {
  const box = { left: 0, top, width: 1200, height: 900 } as DOMRect;
  return { key: "", kind: "grid", node, box, stepX: 100, stepY: 50, gapX: 8, gapY: 8 };
};

describe("landing on a grid", () => {
  const model = modelOf();
  const held: Held[] = [
    { id: id(1), item: null, grid: { w: 2, h: 2 }, free: { w: 100, h: 100 }, dx: 0, dy: 0 },
  ];
  const first = landing(model.getState(), area(0), held, 210, 110, true);

  it("is found once for all steps within the same cells", () => {
    expect(landing(model.getState(), area(0), held, 230, 115, true, first)).toBe(first);
  });

  it("is found anew in another cell", () => {
    const next = landing(model.getState(), area(0), held, 290, 115, true, first);
    expect(next.items[id(1)]).toMatchObject({ x: 3, y: 2 });
  });

  it("keeps the cells and moves on the screen when the page has been scrolled", () => {
    const next = landing(model.getState(), area(-50), held, 210, 60, true, first);
    expect(next.items).toEqual(first.items);
    expect(next.rects[0]?.top).toBe(50);
  });

  it("is found anew when another person has changed the page meanwhile", () => {
    const { draft } = model.getState();
    model.change("title", setMember({ draft, canvas: "main" }, [id(3)], ["props", "title"], "New"));
    expect(landing(model.getState(), area(0), held, 210, 110, true, first)).not.toBe(first);
  });
});
