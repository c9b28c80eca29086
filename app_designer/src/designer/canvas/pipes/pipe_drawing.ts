import { useSyncExternalStore } from "react";
import type { AreaKey } from "../../model/areas";
import type { AnchorPoint, Drawn } from "./joints";

/** What is seen while pipes are drawn; nothing of it is stored. */
export interface PipeDrawing {
  /** The tool is on: every connection point is shown. */
  readonly tool: boolean;
  /** A connection point that was tapped: the next one that is tapped is joined to it. */
  readonly begun: { readonly area: AreaKey; readonly point: AnchorPoint } | null;
  /** The pipe as it would be if the pointer were lifted now. */
  readonly shown: {
    readonly area: AreaKey;
    readonly drawn: Drawn;
    readonly at: AnchorPoint | null;
  } | null;
}

const NOTHING: PipeDrawing = { tool: false, begun: null, shown: null };
let drawing = NOTHING;
const listeners = new Set<() => void>();

export const pipeDrawing = (): PipeDrawing => drawing;

export function setDrawing(change: Partial<PipeDrawing>): void {
  drawing = { ...drawing, ...change };
  for (const listener of [...listeners]) listener();
}

/** Turns the tool on or off; what was begun is forgotten. */
export const setPipeTool = (tool: boolean): void => setDrawing({ ...NOTHING, tool });

export function usePipeDrawing(): PipeDrawing {
  return useSyncExternalStore(subscribe, pipeDrawing);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
