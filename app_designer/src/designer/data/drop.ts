import type { Element } from "../../generated/documents.gen";
import type { DragPayload } from "../canvas/drag";
import type { CanvasKey, Change, DesignerState } from "../model/contract";

/** What a dropped thing may become; the best first. */
export interface DropChoice {
  readonly id: string;
  /** In the reader's language. */
  readonly label: string;
  readonly detail?: string;
  readonly icon?: string;
  readonly element: Element;
  /** Other changes that come with it, for example a mapping or a page parameter. */
  readonly changes?: readonly Change[];
}

export interface DropContext {
  readonly state: DesignerState;
  readonly canvas: CanvasKey;
  readonly language: "en" | "zh-CN";
}

/** What a dropped tag, asset or role becomes: nothing as long as the data panel is not there. */
export async function elementsForDrop(_payload: DragPayload, _context: DropContext): Promise<DropChoice[]> {
  return [];
}
