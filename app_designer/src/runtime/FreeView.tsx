import { type MimicGeometry, MimicGeometryContext, Skeleton } from "@sdk";
import { lateComponent } from "@sdk/late_component";
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import css from "./area.module.css";
import { type AreaComponent, ElementCore } from "./element_core";
import { type Arrangement, type FreePlace, PAGE } from "./grid";
import { useRuntimeTexts } from "./i18n/texts";
import type { RuntimeScope } from "./scope";

/** Only a drawing on a phone needs it. */
const ZoomCanvas = lateComponent(
  async () => (await import("./ZoomCanvas")).default,
  <Skeleton width="100%" height="60dvh" />,
);

type FreeArrangement = Extract<Arrangement, { kind: "free" }>;

interface FreeProps {
  arrangement: FreeArrangement;
  holder: string;
  scope: RuntimeScope;
  Area: AreaComponent;
  /** The same elements as a list, for screens on which the drawing cannot be read. */
  children: ReactNode;
}

/** Below this scale a drawing's texts cannot be read; the list comes first. */
const READABLE_SCALE = 0.6;

/** A free canvas, scaled to the room it has; on a phone a list of what can be read stands beside it. */
export function FreeView({ arrangement, holder, scope, Area, children }: FreeProps) {
  const t = useRuntimeTexts();
  const [chosen, setChosen] = useState<"list" | "picture" | null>(null);
  const narrow = scope.compact && arrangement.list.length > 0;
  const fits = window.innerWidth / (arrangement.area.width ?? 1200) >= READABLE_SCALE;
  const shown = narrow ? (chosen ?? (fits ? "picture" : "list")) : "picture";
  return (
    <div className={css.free} data-layout="free">
      {narrow ? (
        <fieldset className={css.views}>
          <legend className="visually-hidden">{t("area.view")}</legend>
          {(["list", "picture"] as const).map((view) => (
            <button
              key={view}
              type="button"
              className={css.view}
              aria-pressed={shown === view}
              onClick={() => setChosen(view)}
            >
              {t(`area.${view}`)}
            </button>
          ))}
        </fieldset>
      ) : null}
      {shown === "list" ? (
        children
      ) : (
        <Canvas arrangement={arrangement} page={holder === PAGE} scope={scope} Area={Area} />
      )}
    </div>
  );
}

/** The size of the room, followed. */
function useRoom() {
  const room = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<{ w: number; h: number } | null>(null);
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const measure = () => setSize({ w: element.clientWidth, h: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { room, size };
}

function geometryOf(arrangement: FreeArrangement, scope: RuntimeScope): MimicGeometry {
  const { width = 1200, height = 700 } = arrangement.area;
  const boxes = arrangement.places.map(({ id, x, y, w, h, r = 0 }) => {
    const { type = "", props = {} } = scope.elements[id] ?? {};
    return [id, { x, y, w, h, r, type, props }] as const;
  });
  return { width, height, boxes: new Map(boxes) };
}

/** At rest in the order no stacking context is made: what is painted anew then leaves the rest of its tile alone. */
function placeStyle({ x, y, w, h, z = 0, r = 0 }: FreePlace): CSSProperties {
  const raised = z ? { zIndex: z } : {};
  return { left: x, top: y, width: w, height: h, ...raised, ...(r ? { transform: `rotate(${r}deg)` } : {}) };
}

interface CanvasProps {
  arrangement: FreeArrangement;
  /** Directly on the page: its height is that of the screen at most. */
  page: boolean;
  scope: RuntimeScope;
  Area: AreaComponent;
}

function Canvas({ arrangement, page, scope, Area }: CanvasProps) {
  const geometry = useMemo(() => geometryOf(arrangement, scope), [arrangement, scope]);
  const { width, height } = geometry;
  const drawing = (
    <MimicGeometryContext.Provider value={geometry}>
      {arrangement.places.map((place) => (
        <div
          key={place.id}
          className={css.placed}
          style={placeStyle(place)}
          data-element={place.id}
          data-type={scope.elements[place.id]?.type}
        >
          <ElementCore id={place.id} scope={scope} Area={Area} />
        </div>
      ))}
    </MimicGeometryContext.Provider>
  );
  // What is designed is looked at as a whole; a container on a phone brings its own way of coming closer.
  if (page && scope.compact && scope.mode !== "design") {
    return (
      <ZoomCanvas width={width} height={height}>
        {drawing}
      </ZoomCanvas>
    );
  }
  return (
    <FittedRoom geometry={geometry} page={page} compact={scope.compact}>
      {drawing}
    </FittedRoom>
  );
}

interface RoomProps {
  geometry: MimicGeometry;
  page: boolean;
  compact: boolean;
  children: ReactNode;
}

/** The whole drawing in the room there is. */
function FittedRoom({ geometry: { width, height }, page, compact, children }: RoomProps) {
  const { room, size } = useRoom();
  const scale = size && size.w > 0 ? Math.min(size.w / width, size.h > 0 ? size.h / height : Infinity) : 1;
  const left = size ? Math.max(0, (size.w - width * scale) / 2) : 0;
  return (
    <div
      ref={room}
      className={css.room}
      data-page={page}
      style={page || compact ? { aspectRatio: `${width} / ${height}` } : undefined}
    >
      <div
        className={css.canvas}
        style={{ width, height, transform: `translateX(${left}px) scale(${scale})` }}
      >
        {children}
      </div>
    </div>
  );
}
