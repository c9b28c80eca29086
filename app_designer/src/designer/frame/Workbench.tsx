import { Button, Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { type ReactNode, useCallback, useEffect, useMemo, useState } from "react";
import Canvas from "../canvas/Canvas";
import { BaseScopeContext, useBaseScope } from "../canvas/scope";
import { type DesignerText, useTexts } from "../i18n/texts";
import type { DesignerSession } from "../model/create";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { CanvasScopeContext } from "../pickers/design_scope";
import css from "./frame.module.css";
import { Glyph, type GlyphName } from "./Glyph";
import { Part } from "./LazyPart";
import { Notices } from "./Notices";
import { TopBar } from "./TopBar";
import { type LeftTab, type Overlay, type SidePanel, useWorkbench, WorkbenchContext } from "./workbench";

const WIDE_PX = 900;
const PHONE_PX = 720;

/** Which parts are open. */
function useBench() {
  const wide = useMemo(() => globalThis.innerWidth >= WIDE_PX, []);
  const [leftTab, setLeftTab] = useState<LeftTab>("blocks");
  const [leftOpen, setLeftOpen] = useState(wide);
  const [rightOpen, setRightOpen] = useState(wide);
  const [side, setSide] = useState<{ panel: SidePanel; intent: string | null } | null>(null);
  const [over, setOver] = useState<{ overlay: Overlay; intent: string | null } | null>(null);
  const [said, setSaid] = useState("");
  const announce = useCallback(
    (text: string) => setSaid((last) => (last === text ? `${text}\u00a0` : text)),
    [],
  );
  const bench = useMemo(
    () => ({
      leftTab,
      panel: side?.panel ?? null,
      overlay: over?.overlay ?? null,
      intent: over?.intent ?? side?.intent ?? null,
      showLeft: (tab: LeftTab) => {
        setLeftTab(tab);
        setLeftOpen(true);
        if (!wide) setRightOpen(false);
      },
      openPanel: (panel: SidePanel, intent?: string) => {
        setSide({ panel, intent: intent ?? null });
        setRightOpen(true);
        if (!wide) setLeftOpen(false);
      },
      closePanel: () => setSide(null),
      openOverlay: (overlay: Overlay, intent?: string) => setOver({ overlay, intent: intent ?? null }),
      closeOverlay: () => setOver(null),
      announce,
    }),
    [leftTab, side, over, wide, announce],
  );
  const toggleLeft = () => setLeftOpen(!leftOpen);
  const toggleRight = () => {
    setSide(null);
    setRightOpen(side ? true : !rightOpen);
    if (!wide) setLeftOpen(false);
  };
  return { bench, leftOpen, rightOpen, toggleLeft, toggleRight, closeRight: () => setRightOpen(false), said };
}

interface WorkbenchProps {
  session: DesignerSession;
  firstPage: string | null;
}

/** What the canvas draws with, shared with the panels beside it: they show the values its elements give out. */
function CanvasScope({ children }: { children: ReactNode }) {
  const scope = useBaseScope();
  return (
    <BaseScopeContext.Provider value={scope}>
      <CanvasScopeContext.Provider value={scope}>{children}</CanvasScopeContext.Provider>
    </BaseScopeContext.Provider>
  );
}

/** The whole workbench: bar above, panels at the sides, the canvas between them. */
export function Workbench({ session, firstPage }: WorkbenchProps) {
  const text = useTexts();
  const { bench, leftOpen, rightOpen, toggleLeft, toggleRight, closeRight, said } = useBench();
  useTitle();
  useLeaving(session);
  useEffect(() => {
    if (firstPage) session.open(firstPage);
    // On a phone one mends what a phone shows.
    if (globalThis.innerWidth < PHONE_PX) session.setBreakpoint("sm");
  }, [session, firstPage]);
  return (
    <WorkbenchContext.Provider value={bench}>
      <div className={css.bench} data-left={leftOpen} data-right={rightOpen}>
        <TopBar session={session} />
        <Notices session={session} />
        <CanvasScope>
          <div className={css.middle}>
            <Rail open={leftOpen} toggle={toggleLeft} toggleRight={toggleRight} rightOpen={rightOpen} />
            {leftOpen ? (
              <aside className={css.left} aria-label={text("frame.left")}>
                <Part name={bench.leftTab} />
              </aside>
            ) : null}
            <main className={css.canvas} aria-label={text("frame.canvas")}>
              <Canvas />
            </main>
            {rightOpen ? <Right close={closeRight} /> : null}
          </div>
        </CanvasScope>
        {bench.overlay ? <Part name={bench.overlay} /> : null}
        <div className="visually-hidden" aria-live="polite" role="status">
          {said}
        </div>
      </div>
    </WorkbenchContext.Provider>
  );
}

function useTitle(): void {
  const { language } = useLocale();
  const name = useDesigner((state) => localText(state.draft.app.name, language) || state.appId);
  useEffect(() => {
    document.title = `${name} · Interlock`;
  }, [name]);
}

/** Closing the window while something is not saved asks first. */
function useLeaving(session: DesignerSession): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      const { save } = session.getState();
      if (save !== "saved" && save !== "conflict") event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [session]);
}

const TABS: readonly { tab: LeftTab; glyph: GlyphName; label: DesignerText }[] = [
  { tab: "blocks", glyph: "blocks", label: "tab.blocks" },
  { tab: "data", glyph: "data", label: "tab.data" },
  { tab: "outline", glyph: "outline", label: "tab.outline" },
  { tab: "pages", glyph: "pages", label: "tab.pages" },
];

interface RailProps {
  open: boolean;
  toggle: () => void;
  rightOpen: boolean;
  toggleRight: () => void;
}

/** The tabs of the left panel; on a phone the bar at the bottom. */
function Rail({ open, toggle, rightOpen, toggleRight }: RailProps) {
  const text = useTexts();
  const bench = useWorkbench();
  return (
    <nav className={css.rail} aria-label={text("frame.left")}>
      {TABS.map(({ tab, glyph, label }) => {
        const here = open && bench.leftTab === tab;
        return (
          <button
            key={tab}
            type="button"
            className={css.railTab}
            aria-pressed={here}
            data-tour={`tab-${tab}`}
            onClick={() => (here ? toggle() : bench.showLeft(tab))}
          >
            <Glyph name={glyph} size={20} />
            <span>{text(label)}</span>
          </button>
        );
      })}
      <button
        type="button"
        className={css.railTab}
        data-end="true"
        aria-pressed={rightOpen}
        title={text(rightOpen ? "frame.hide_right" : "frame.show_right")}
        onClick={toggleRight}
      >
        <Glyph name="right_panel" size={20} />
        <span>{text("tab.properties")}</span>
      </button>
    </nav>
  );
}

const PANEL_TITLES: Record<SidePanel, DesignerText> = {
  lint: "bar.check",
  versions: "bar.versions",
  theme: "bar.theme",
  texts: "bar.texts",
  media: "bar.media",
  conflicts: "conflict.title",
  keys: "bar.keys",
};

/** The properties of what is selected, or the panel that was asked for. */
function Right({ close }: { close: () => void }) {
  const text = useTexts();
  const { panel, closePanel } = useWorkbench();
  const store = useDesignerStore();
  const wide = panel === "versions" || panel === "texts" || panel === "media" || panel === "conflicts";
  return (
    <aside
      className={css.right}
      data-wide={wide}
      aria-label={text(panel ? PANEL_TITLES[panel] : "frame.right")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && panel && !event.defaultPrevented) closePanel();
      }}
    >
      <div className={css.panelHead} data-sheet={panel === null}>
        <h2>{text(panel ? PANEL_TITLES[panel] : "tab.properties")}</h2>
        <Button
          look="quiet"
          square
          aria-label={text("frame.close_panel")}
          onClick={() => {
            if (panel) closePanel();
            else close();
            store.select(store.getState().selection);
          }}
        >
          <Icon name="close" />
        </Button>
      </div>
      {/* Nothing in the list of keys takes the focus, yet it has to be scrolled by them. */}
      <div className={css.panelBody} tabIndex={panel === "keys" ? 0 : undefined}>
        <Part name={panel ?? "inspector"} />
      </div>
    </aside>
  );
}
