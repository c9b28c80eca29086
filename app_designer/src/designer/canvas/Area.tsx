import { arrange, PAGE } from "@runtime/grid";
import { blocks } from "@runtime/registry";
import type { RuntimeScope } from "@runtime/scope";
import { SlotRenderContext, type SlotRenderer } from "@runtime/slots";
import { type MimicGeometry, MimicGeometryContext } from "@sdk/context";
import { type CSSProperties, useEffect, useMemo, useRef, useState } from "react";
import type { FreeItem, PageLayout } from "../../generated/documents.gen";
import { useTexts } from "../i18n/texts";
import { FREE_HEIGHT, FREE_WIDTH, layoutPath, ROOT } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { getAt } from "../model/paths";
import css from "./canvas.module.css";
import { shifted, useDragged } from "./drag_boxes";
import { ElementBox } from "./ElementBox";
import { useReshaped, withReshaped } from "./live_boxes";
import { AnchorDots } from "./pipes/AnchorDots";

interface AreaProps {
  /** `""` the page itself, else `<element>/<slot>`. */
  area: string;
  scope: RuntimeScope;
}

function useArrangement(area: string, scope: RuntimeScope) {
  const elements = useDesigner((state) => elementsOf(state.draft, state.canvas));
  const lg = useDesigner((state) => getAt(state.draft, layoutPath(state.canvas)) as PageLayout["lg"]);
  const md = useDesigner((state) => state.draft.pages[state.canvas]?.layout.md);
  const sm = useDesigner((state) => state.draft.pages[state.canvas]?.layout.sm);
  const { loaded, user, breakpoint, mode } = scope;
  const arrangement = useMemo(() => {
    const layout = { lg, ...(md ? { md } : {}), ...(sm ? { sm } : {}) };
    return arrange({ elements, layout, loaded, user, breakpoint, mode }, area === ROOT ? PAGE : area);
  }, [area, elements, lg, md, sm, loaded, user, breakpoint, mode]);
  return { arrangement, elements };
}

/** The elements of a page or a slot in their places, each of which can be taken hold of. */
export function Area({ area, scope }: AreaProps) {
  const { arrangement, elements } = useArrangement(area, scope);
  if (arrangement.kind === "free") {
    const geometry = geometryOf(arrangement.area, arrangement.places, elements);
    return (
      <FreeArea area={area} width={geometry.width} height={geometry.height}>
        <LiveGeometry geometry={geometry}>
          {arrangement.places.map(({ id, x, y, w, h, z = 0, r = 0 }) => (
            <ElementBox key={id} id={id} scope={scope} kind="free" x={x} y={y} w={w} h={h} z={z} r={r} />
          ))}
          <AnchorDots area={area} />
        </LiveGeometry>
      </FreeArea>
    );
  }
  if (arrangement.kind === "phone") {
    return (
      <div className={css.phone} data-area={area} data-kind="phone">
        {arrangement.places.map(({ id, span, h }) => (
          <ElementBox key={id} id={id} scope={scope} kind="phone" x={0} y={0} w={span} h={h} z={0} r={0} />
        ))}
        <Empty area={area} count={arrangement.places.length} />
      </div>
    );
  }
  return (
    <div
      className={css.grid}
      data-area={area}
      data-kind="grid"
      style={
        {
          "--rows": Math.max(area === ROOT ? 12 : 2, arrangement.rows + (area === ROOT ? 4 : 0)),
        } as CSSProperties
      }
    >
      {arrangement.places.map(({ id, x, y, w, h }) => (
        <ElementBox key={id} id={id} scope={scope} kind="grid" x={x} y={y} w={w} h={h} z={0} r={0} />
      ))}
      <Empty area={area} count={arrangement.places.length} />
    </div>
  );
}

/** The inside of a container that has nothing in it says what it is for. */
function Empty({ area, count }: { area: string; count: number }) {
  const text = useTexts();
  if (count > 0 || area === ROOT) return null;
  return <p className={css.emptySlot}>{text("canvas.empty_slot")}</p>;
}

interface FreeAreaProps {
  area: string;
  width: number;
  height: number;
  children: React.ReactNode;
}

/** A free canvas: the page at its own size, the inside of a container scaled to fit it. */
function FreeArea({ area, width, height, children }: FreeAreaProps) {
  const room = useRef<HTMLDivElement>(null);
  const [scale, setScale] = useState(1);
  useEffect(() => {
    const box = room.current;
    if (!box || area === ROOT) return;
    const measure = () => {
      const fits = Math.min(box.clientWidth / width, box.clientHeight / height);
      setScale(Number.isFinite(fits) && fits > 0 ? fits : 1);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, [area, width, height]);
  const plane = (
    <div
      className={css.free}
      data-area={area}
      data-kind="free"
      style={
        {
          width,
          height,
          ...(area === ROOT ? {} : { transform: `scale(${scale})`, "--unscale": 1 / scale }),
        } as CSSProperties
      }
    >
      {children}
    </div>
  );
  if (area === ROOT) return plane;
  return (
    <div className={css.room} ref={room}>
      {plane}
    </div>
  );
}

/** Places as they are at this moment of a drag: pipes follow it, and nothing else is drawn anew. */
function LiveGeometry({ geometry, children }: { geometry: MimicGeometry; children: React.ReactNode }) {
  const drag = useDragged();
  const reshaped = useReshaped();
  const live = useMemo(() => {
    const boxes = withReshaped(shifted(geometry.boxes, drag), reshaped);
    return boxes === geometry.boxes ? geometry : { ...geometry, boxes };
  }, [geometry, drag, reshaped]);
  return <MimicGeometryContext.Provider value={live}>{children}</MimicGeometryContext.Provider>;
}

function geometryOf(
  area: { width?: number; height?: number },
  places: readonly (FreeItem & { id: string })[],
  elements: RuntimeScope["elements"],
): MimicGeometry {
  const boxes = places.map(({ id, x, y, w, h, r = 0 }) => {
    const { type = "", props = {} } = elements[id] ?? {};
    return [id, { x, y, w, h, r, type, props }] as const;
  });
  return { width: area.width ?? FREE_WIDTH, height: area.height ?? FREE_HEIGHT, boxes: new Map(boxes) };
}

const renderSlot: SlotRenderer = ({ holder, scope, options }) => (
  <Area key={options.key ?? holder} area={holder} scope={scope} />
);

/** Draws the inside of containers on the canvas itself, so that one can work in it. */
export function CanvasSlots({ children }: { children: React.ReactNode }) {
  return <SlotRenderContext.Provider value={renderSlot}>{children}</SlotRenderContext.Provider>;
}

export const slotsOf = (type: string): string[] => Object.keys(blocks.get(type)?.manifest.slots ?? {});
