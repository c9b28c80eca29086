import { blocks } from "@runtime/registry";
import type { ComponentLayout, Element } from "../../generated/documents.gen";
import type { Draft } from "../model/contract";

const UNKNOWN: ComponentLayout = { grid: { w: 4, h: 4 }, compact: { span: 2, h: 4 } };
const COLUMN_PX = 100;
const ROW_PX = 52;

/** Sizes of an element's block; of one that is not installed, something one can see. */
export function sizesOf(draft: Draft, element: Pick<Element, "type" | "props_version">): ComponentLayout {
  if (element.type.startsWith("composite.")) {
    return draft.blocks[`${element.type.slice(10)}.${element.props_version}`]?.size ?? UNKNOWN;
  }
  return blocks.get(element.type)?.manifest.layout ?? UNKNOWN;
}

export function freeSize(layout: ComponentLayout): { w: number; h: number } {
  const { free, grid } = layout;
  if (free) return { w: free.w, h: free.h };
  return { w: grid.w * COLUMN_PX - 12, h: grid.h * ROW_PX - 12 };
}

/** A size between what the block allows. */
export function clampGrid(layout: ComponentLayout, w: number, h: number): { w: number; h: number } {
  const { min_w = 1, min_h = 1, max_w = 12, max_h = 1000 } = layout.grid;
  return { w: Math.min(max_w, Math.max(min_w, w)), h: Math.min(max_h, Math.max(min_h, h)) };
}
