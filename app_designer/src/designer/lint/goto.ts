import { documentOf } from "../model/canvas_key";
import type { CanvasKey, Draft, Path } from "../model/contract";

/** A place that a problem names, as far as the designer can show it. */
export interface Place {
  /** What to open; null where no page or block is named. */
  canvas: CanvasKey | null;
  element: string | null;
  /** The member of the element it is about: `props/title`, `bind//value`; empty for the whole. */
  member: string;
}

const unescaped = (part: string) => part.replaceAll("~1", "/").replaceAll("~0", "~");
const FILE = /^(pages|blocks|tests)\/(.+)\.json$/;

/** The path in the draft that a JSON pointer into `{"app.json": …, "pages/<id>.json": …}` means. */
export function draftPath(pointer: string): Path {
  const [, file = "", ...inside] = pointer.split("/").map(unescaped);
  if (file === "app.json") return ["app", ...inside];
  const match = FILE.exec(file);
  return match?.[1] && match[2] ? [match[1], match[2], ...inside] : [];
}

/** Where a pointer leads on the canvas. */
export function placeOf(draft: Draft, pointer: string): Place {
  const [kind, file = "", part, id = "", ...member] = draftPath(pointer);
  const key = kind === "blocks" ? `block:${file}` : file;
  const document = kind === "pages" || kind === "blocks" ? documentOf(draft, key) : undefined;
  const canvas = document ? key : null;
  const element = part === "elements" && document?.elements?.[id] ? id : null;
  return { canvas, element, member: element ? member.join("/") : "" };
}
