/** Mimics: symbols, the points where pipes meet them, and the way of a pipe. */
export { ANCHORS, type Anchor, anchorsOf, type Side } from "./anchors";
export { type Course, freeEnd, type PipeEnd, type PipeEnds, type PipeWay, pipeWay, wayOf } from "./pipe_way";
export { drawingShare, type Joint, jointOf, type Point } from "./place";
export { arrowAt, pathOf, type Rect, routePipe } from "./route";
export { type Drawn, meaningOf, type SymbolProps, type SymbolState, SymbolView } from "./SymbolView";
