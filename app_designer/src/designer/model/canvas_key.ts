import type { CompositeDocument, PageDocument } from "../../generated/documents.gen";
import type { CanvasKey, Draft, Path } from "./contract";

const BLOCK = "block:";

/** Where the document of a canvas is in the draft: a page, or a version of a block. */
export function canvasPath(canvas: CanvasKey): Path {
  return canvas.startsWith(BLOCK) ? ["blocks", canvas.slice(BLOCK.length)] : ["pages", canvas];
}

export const isBlockCanvas = (canvas: CanvasKey): boolean => canvas.startsWith(BLOCK);
export const blockCanvas = (id: string, version: number): CanvasKey => `${BLOCK}${id}.${version}`;

/** The document shown on a canvas; `undefined` once it is deleted. */
export function documentOf(draft: Draft, canvas: CanvasKey): PageDocument | CompositeDocument | undefined {
  if (canvas.startsWith(BLOCK)) return draft.blocks[canvas.slice(BLOCK.length)];
  return draft.pages[canvas];
}

export function elementsOf(draft: Draft, canvas: CanvasKey): NonNullable<PageDocument["elements"]> {
  return documentOf(draft, canvas)?.elements ?? {};
}

/** The page to show first: the app's home, else any. */
export function firstCanvas(draft: Draft): CanvasKey {
  const { home } = draft.app;
  return draft.pages[home] ? home : (Object.keys(draft.pages).sort()[0] ?? home);
}
