import { AreaView } from "@runtime/AreaView";
import { appOfDraft } from "@runtime/app";
import { createScope } from "@runtime/scope";
import { Skeleton, useLocale, useServices } from "@sdk";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Element, FreeItem, PageParam } from "../../generated/documents.gen";
import { designValue } from "../canvas/scope";
import { useHost } from "../frame/workbench";
import { areaOf, areaOfElement } from "../model/areas";
import { documentOf } from "../model/canvas_key";
import type { CanvasKey, DesignerState } from "../model/contract";
import { useDesigner } from "../model/hooks";
import css from "./review.module.css";

interface PictureProps {
  canvas: CanvasKey;
  id: string;
  /** The element as it is to be drawn, in the version it names. */
  element: Element;
}

/** Width of a page on a PC, px: an instance is drawn as wide as it is there. */
const PAGE_PX = 1160;
const COLUMNS = 12;

interface Size {
  readonly kind: "grid" | "free";
  readonly width: number;
  readonly height: number;
}

/** How large an instance is on its page: px, or rows of the grid. */
export function sizeOnPage(
  { draft }: Pick<DesignerState, "draft">,
  canvas: CanvasKey,
  id: string,
  element: Element,
): Size {
  const { kind, items } = areaOf(draft, canvas, areaOfElement(element));
  const item = items[id] ?? { x: 0, y: 0, w: COLUMNS / 2, h: 4 };
  if (kind === "free") return { kind, width: (item as FreeItem).w, height: (item as FreeItem).h };
  return { kind: "grid", width: Math.round((item.w / COLUMNS) * PAGE_PX), height: item.h };
}

/** One instance alone, with its own parameters and live values; it cannot be used. Drawn once it comes into sight. */
export function InstancePicture(props: PictureProps) {
  const frame = useRef<HTMLDivElement>(null);
  const seen = useSeen(frame);
  const { width } = useSize(props);
  const scale = useScale(frame, width);
  return (
    <div ref={frame} className={css.frame}>
      {seen ? (
        <div inert className={css.picture} style={{ width, zoom: scale }}>
          <Drawn {...props} />
        </div>
      ) : (
        <Skeleton width="100%" height="96px" />
      )}
    </div>
  );
}

function useSize({ canvas, id, element }: PictureProps): Size {
  const draft = useDesigner((state) => state.draft);
  return useMemo(() => sizeOnPage({ draft }, canvas, id, element), [draft, canvas, id, element]);
}

function useSeen(frame: React.RefObject<HTMLElement | null>): boolean {
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const node = frame.current;
    if (!node) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
      },
      { rootMargin: "200px" },
    );
    observer.observe(node);
    return () => observer.disconnect();
  }, [frame]);
  return seen;
}

function useScale(frame: React.RefObject<HTMLElement | null>, width: number): number {
  const [scale, setScale] = useState(1);
  useLayoutEffect(() => {
    const node = frame.current;
    if (!node) return;
    const measure = () => setScale(Math.min(1, node.clientWidth / width));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [frame, width]);
  return scale;
}

function Drawn(props: PictureProps) {
  const { canvas, id, element } = props;
  const services = useServices();
  const { language } = useLocale();
  const { role, userName } = useHost();
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const chosen = useDesigner((state) => state.params);
  const size = useSize(props);
  const scope = useMemo(() => {
    const holder = documentOf(draft, canvas);
    const specs = { ...draft.app.params, ...(holder?.params as Record<string, PageParam> | undefined) };
    const params = Object.fromEntries(
      Object.entries(specs).map(([name, spec]) => [name, designValue(spec, chosen[name], plant)]),
    );
    const item = { x: 0, y: 0, h: size.height };
    const lg =
      size.kind === "free"
        ? {
            kind: size.kind,
            width: size.width,
            height: size.height,
            items: { [id]: { ...item, w: size.width } },
          }
        : { kind: size.kind, items: { [id]: { ...item, w: COLUMNS } } };
    const content = { id: canvas, elements: { [id]: { ...element, parent: null } }, layout: { lg } };
    const user = { name: userName, role, tenant: "" };
    const loaded = appOfDraft(draft, plant);
    return createScope({ loaded, services, content, user, language, params, mode: "design" });
  }, [draft, plant, chosen, canvas, id, element, size, services, language, role, userName]);
  return <AreaView holder="page" scope={scope} />;
}
