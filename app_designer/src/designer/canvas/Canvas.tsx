import { useAppTheme } from "@runtime/app_theme";
import { type CSSProperties, useCallback, useEffect, useRef, useState } from "react";
import { useTexts } from "../i18n/texts";
import { CanvasKeys } from "../keys/CanvasKeys";
import { areaOf, FREE_HEIGHT, FREE_WIDTH, ROOT } from "../model/areas";
import { elementsOf, isBlockCanvas } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { Area, CanvasSlots } from "./Area";
import { BlockBar } from "./BlockBar";
import { ContextMenu, type MenuAt } from "./ContextMenu";
import css from "./canvas.module.css";
import { DropZone } from "./DropZone";
import { EmptyPage } from "./EmptyPage";
import { CanvasGestures } from "./gestures";
import { boxAt } from "./hit";
import { MakeBlock } from "./MakeBlock";
import { Overlay } from "./overlay";
import { usePinch } from "./pinch";
import { PipeTool } from "./pipes/PipeTool";
import { SelectionBar } from "./SelectionBar";
import { SizeBar } from "./SizeBar";
import { useCanvasScope } from "./scope";

/** Widths (px) a page is designed at; the runtime fits it to the real screen. */
const WIDTHS = { lg: 1160, md: 834, sm: 390 } as const;
const MARGIN_PX = 48;

/** Size of what is designed, at full size. */
function useArtboard(): { width: number; height: number | null } {
  const breakpoint = useDesigner((state) => (isBlockCanvas(state.canvas) ? "lg" : state.breakpoint));
  const kind = useDesigner((state) => areaOf(state.draft, state.canvas, ROOT).kind);
  const width = useDesigner((state) => areaOf(state.draft, state.canvas, ROOT).width ?? FREE_WIDTH);
  const height = useDesigner((state) => areaOf(state.draft, state.canvas, ROOT).height ?? FREE_HEIGHT);
  return kind === "free" ? { width, height } : { width: WIDTHS[breakpoint], height: null };
}

/** Fits the artboard into the window on opening, on another page or size, and when asked to. */
function useFit(
  viewport: React.RefObject<HTMLDivElement | null>,
  width: number,
  height: number | null,
): void {
  const store = useDesignerStore();
  const canvas = useDesigner((state) => state.canvas);
  const fitIn = useCallback(() => {
    const box = viewport.current;
    if (!box || box.clientWidth === 0) return;
    const across = (box.clientWidth - MARGIN_PX) / width;
    const down = height === null ? across : (box.clientHeight - MARGIN_PX * 2) / height;
    store.setZoom(Math.floor(Math.min(1, across, down) * 100) / 100);
  }, [store, viewport, width, height]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another canvas is fitted as well.
  useEffect(() => {
    fitIn();
    addEventListener("designer-zoom-fit", fitIn);
    return () => removeEventListener("designer-zoom-fit", fitIn);
  }, [fitIn, canvas]);
}

/** Ctrl and wheel (or a pinch on a touch pad) zooms at the pointer. */
function useWheelZoom(viewport: React.RefObject<HTMLDivElement | null>): void {
  const store = useDesignerStore();
  useEffect(() => {
    const box = viewport.current;
    if (!box) return;
    const wheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { zoom } = store.getState();
      const rect = box.getBoundingClientRect();
      const [x, y] = [event.clientX - rect.left, event.clientY - rect.top];
      store.setZoom(zoom * Math.exp(-event.deltaY / 400));
      const factor = store.getState().zoom / zoom;
      requestAnimationFrame(() =>
        box.scrollTo((box.scrollLeft + x) * factor - x, (box.scrollTop + y) * factor - y),
      );
    };
    box.addEventListener("wheel", wheel, { passive: false });
    return () => box.removeEventListener("wheel", wheel);
  }, [store, viewport]);
}

function useGestures(
  viewport: React.RefObject<HTMLDivElement | null>,
  layer: React.RefObject<HTMLDivElement | null>,
) {
  const store = useDesignerStore();
  const text = useTexts();
  const [tools, setTools] = useState<{ gestures: CanvasGestures; overlay: Overlay } | null>(null);
  useEffect(() => {
    if (!viewport.current || !layer.current) return;
    const overlay = new Overlay(layer.current);
    const gestures = new CanvasGestures(store, viewport.current, overlay);
    setTools({ gestures, overlay });
    return gestures.attach();
  }, [store, viewport, layer]);
  if (tools)
    tools.gestures.texts = {
      move: text("canvas.moved"),
      resize: text("canvas.resized"),
      pipes: { draw: text("pipes.drawn"), join: text("pipes.joined") },
    };
  return tools;
}

interface ArtboardProps {
  width: number;
  height: number | null;
  children: React.ReactNode;
}

/** The sheet that is worked on, scaled as a picture: zooming lays out nothing anew. */
function Artboard({ width, height, children }: ArtboardProps) {
  const zoom = useDesigner((state) => state.zoom);
  const sheet = useRef<HTMLDivElement>(null);
  const [tall, setTall] = useState(height ?? 600);
  const theme = useDesigner((state) => state.draft.app.theme);
  const [root, setRoot] = useState<HTMLElement | null>(null);
  useAppTheme(theme, root);
  useEffect(() => setRoot(sheet.current), []);
  useEffect(() => {
    const node = sheet.current;
    if (!node) return;
    const observer = new ResizeObserver(() => setTall(node.offsetHeight));
    observer.observe(node);
    return () => observer.disconnect();
  }, []);
  return (
    <div className={css.sizer} style={{ width: width * zoom, height: tall * zoom }}>
      <div
        className={css.artboard}
        ref={sheet}
        style={
          {
            width,
            ...(height === null ? {} : { height }),
            transform: `scale(${zoom})`,
            "--unzoom": 1 / zoom,
          } as CSSProperties
        }
        data-free={height !== null}
      >
        {children}
      </div>
    </div>
  );
}

/** The page as it will be, with live values in it, and everything one does to it. */
export default function Canvas() {
  const viewport = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [menu, setMenu] = useState<MenuAt | null>(null);
  const store = useDesignerStore();
  const scope = useCanvasScope();
  const canvas = useDesigner((state) => state.canvas);
  const empty = useDesigner((state) => Object.keys(elementsOf(state.draft, state.canvas)).length === 0);
  const { width, height } = useArtboard();
  const tools = useGestures(viewport, layer);
  useFit(viewport, width, height);
  useWheelZoom(viewport);
  usePinch(
    viewport,
    useCallback(() => tools?.gestures.abort(), [tools]),
  );
  const openMenu = (event: React.MouseEvent) => {
    event.preventDefault();
    const box = boxAt(event.target);
    const id = box?.dataset.element;
    if (id && !store.getState().selection.includes(id)) store.select([id]);
    setMenu({ x: event.clientX, y: event.clientY });
  };
  return (
    <div className={css.holder}>
      <SizeBar />
      <BlockBar />
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the boxes inside are what is worked with. */}
      <div
        className={css.viewport}
        ref={viewport}
        onContextMenu={openMenu}
        data-canvas={canvas}
        tabIndex={-1}
      >
        <Artboard key={canvas} width={width} height={height}>
          <CanvasSlots>
            <Area area={ROOT} scope={scope} />
          </CanvasSlots>
        </Artboard>
      </div>
      {empty ? <EmptyPage /> : null}
      <div className={css.layer} ref={layer} aria-hidden="true" />
      <PipeTool />
      <SelectionBar openMenu={setMenu} />
      {tools ? <DropZone overlay={tools.overlay} viewport={viewport} /> : null}
      {tools ? <CanvasKeys viewport={viewport} gestures={tools.gestures} openMenu={setMenu} /> : null}
      <MakeBlock />
      {menu ? <ContextMenu at={menu} close={() => setMenu(null)} /> : null}
    </div>
  );
}
