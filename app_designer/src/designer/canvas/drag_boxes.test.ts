import type { PlacedBox } from "@sdk/context";
import { describe, expect, it } from "vitest";
import { shifted } from "./drag_boxes";

const box = (x: number): PlacedBox => ({ x, y: 0, w: 10, h: 10, r: 0, type: "pump", props: {} });
const boxes = new Map([
  ["el_a", box(0)],
  ["el_b", box(100)],
]);

describe("places during a drag", () => {
  it("shifts what is dragged and nothing else", () => {
    const live = shifted(boxes, { ids: new Set(["el_a"]), dx: 5, dy: 7 });
    expect(live.get("el_a")).toMatchObject({ x: 5, y: 7 });
    expect(live.get("el_b")).toBe(boxes.get("el_b"));
  });

  it("keeps the map where nothing of it is dragged, so that no pipe is drawn anew", () => {
    expect(shifted(boxes, null)).toBe(boxes);
    expect(shifted(boxes, { ids: new Set(["el_c"]), dx: 5, dy: 7 })).toBe(boxes);
  });
});
