import { type PlacedBox, useMimicGeometry } from "@sdk";
import { type Point, pathOf, pipeWay, type Side } from "@sdk/symbols";
import { type CSSProperties, useMemo } from "react";
import { type AreaKey, areaOfElement } from "../../model/areas";
import { elementsOf } from "../../model/canvas_key";
import { useDesigner } from "../../model/hooks";
import { type AnchorPoint, anchorPoints, isSymbol, PIPE } from "./joints";
import { usePipeDrawing } from "./pipe_drawing";
import css from "./pipes.module.css";

interface DotsProps {
  area: AreaKey;
}

/** The one selected element of an area: a pipe or a symbol whose joints can be taken hold of. */
function useChosen(area: AreaKey): { id: string; type: string } | null {
  const key = useDesigner((state) => {
    const [id] = state.selection;
    const element = id === undefined ? undefined : elementsOf(state.draft, state.canvas)[id];
    if (state.selection.length !== 1 || !element || areaOfElement(element) !== area) return "";
    if (element.type === PIPE ? element.locked : !isSymbol(element.type)) return "";
    return `${id}/${element.type}`;
  });
  const [id = "", type = ""] = key.split("/");
  return useMemo(() => (id ? { id, type } : null), [id, type]);
}

/**
 * Connection points that pipes are drawn from: all while the tool is on or a pipe is drawn, those of the selected symbol
 * (beside its handles), or the ends of the selected pipe. They are for pointers; the fields in the properties do the same.
 */
export function AnchorDots({ area }: DotsProps) {
  const geometry = useMimicGeometry();
  const chosen = useChosen(area);
  const { tool, begun, shown } = usePipeDrawing();
  const size = useDesigner((state) => state.breakpoint);
  if (!geometry || size === "sm") return null;
  const here = shown?.area === area ? shown : null;
  const all = tool || here !== null;
  const only = !all && chosen && chosen.type !== PIPE ? new Set([chosen.id]) : undefined;
  const points = all || only ? anchorPoints(geometry.boxes, only) : [];
  const isAt = (point: AnchorPoint, other: AnchorPoint | null | undefined) =>
    other?.element === point.element && other.anchor === point.anchor;
  return (
    <div className={css.dots} aria-hidden="true">
      {here ? <Preview drawn={here.drawn} /> : null}
      {points.map((point) => (
        <span
          key={`${point.element}/${point.anchor}`}
          className={css.dot}
          style={placeOf(point, only ? point.side : null, geometry.boxes.get(point.element))}
          data-handle="anchor"
          data-joint={`${point.element}/${point.anchor}`}
          data-hot={isAt(point, here?.at) || (begun?.area === area && isAt(point, begun.point))}
        />
      ))}
      {!all && chosen?.type === PIPE ? <Ends id={chosen.id} /> : null}
    </div>
  );
}

const AWAY: Readonly<Record<Side, readonly [number, number]>> = {
  0: [0, -1],
  1: [1, 0],
  2: [0, 1],
  3: [-1, 0],
};

/** `away`: beside the element, where its handles are not; it keeps that distance at any zoom. */
function placeOf({ x, y }: Point, away: Side | null, box?: PlacedBox): CSSProperties {
  const [dx, dy] = away === null ? [0, 0] : AWAY[away];
  // The drawing of a symbol ends above its word: the way out leads past that.
  const past = away !== null && box && !box.r ? box : null;
  const left = past && dx !== 0 ? past.x + (dx > 0 ? past.w : 0) : x;
  const top = past && dy !== 0 ? past.y + (dy > 0 ? past.h : 0) : y;
  return { left, top, "--away-x": dx, "--away-y": dy } as CSSProperties;
}

function Preview({ drawn }: { drawn: NonNullable<ReturnType<typeof usePipeDrawing>["shown"]>["drawn"] }) {
  const geometry = useMimicGeometry();
  if (!geometry) return null;
  const way = pipeWay(drawn.ends, geometry.boxes, drawn.item);
  return (
    <svg className={css.preview} width={geometry.width} height={geometry.height} aria-hidden="true">
      <path d={pathOf(way.points)} />
    </svg>
  );
}

function Ends({ id }: { id: string }) {
  const geometry = useMimicGeometry();
  const own = geometry?.boxes.get(id);
  if (!geometry || !own) return null;
  const way = pipeWay(own.props, geometry.boxes, own);
  return (["from", "to"] as const).map((end) => (
    <span
      key={end}
      className={css.end}
      style={placeOf(way[end], null)}
      data-handle="end"
      data-joint={`${id}/${end}`}
    />
  ));
}
