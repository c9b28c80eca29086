import type { Element } from "../../generated/documents.gen";
import type { Change } from "../model/contract";

/** What a dropped thing may become; the best first. */
export interface DropChoice {
  readonly id: string;
  /** In the reader's language. */
  readonly label: string;
  readonly detail?: string;
  readonly icon?: string;
  readonly element: Element;
  /** Other changes that come with it, for example the block of the app it shows. */
  readonly changes?: readonly Change[];
}
