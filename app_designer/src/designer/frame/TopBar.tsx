import { Button, Icon, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useEffect, useId, useRef, useState } from "react";
import { type DesignerText, useTexts } from "../i18n/texts";
import { isBlockCanvas } from "../model/canvas_key";
import type { Breakpoint } from "../model/contract";
import type { DesignerSession } from "../model/create";
import { useDesigner } from "../model/hooks";
import menu from "./bar_menu.module.css";
import css from "./frame.module.css";
import { Glyph, type GlyphName } from "./Glyph";
import { menuKeys } from "./menu_keys";
import { Presence } from "./Presence";
import { SaveMark } from "./SaveMark";
import { type Overlay, type SidePanel, useHost, useWorkbench } from "./workbench";

/** What is open, what can be taken back, how it is shown, and the ways to check, see and publish it. */
export function TopBar({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const { panel, openPanel, openOverlay } = useWorkbench();
  return (
    <header className={css.bar}>
      <Home />
      <PageChoice session={session} />
      <UndoRedo session={session} />
      <SaveMark session={session} />
      <Presence />
      <div className={css.spacer} />
      <Breakpoints session={session} />
      <Zoom session={session} />
      <div className={css.spacer} />
      <More />
      <BarButton
        label={text("bar.check")}
        glyph={<Icon name="check" size={18} />}
        pressed={panel === "lint"}
        onClick={() => openPanel("lint")}
      />
      <BarButton
        label={text("bar.versions")}
        glyph={<Glyph name="versions" />}
        pressed={panel === "versions"}
        onClick={() => openPanel("versions")}
      />
      <BarButton
        label={text("bar.preview")}
        glyph={<Icon name="play" size={18} />}
        onClick={() => openOverlay("preview")}
      />
      <Button
        look="primary"
        className={css.publish}
        data-tour="publish"
        onClick={() => openPanel("versions", "publish")}
      >
        <Glyph name="publish" />
        <span className={css.wideOnly}>{text("bar.publish")}</span>
        <span className={css.narrowOnly}>
          <span className="visually-hidden">{text("bar.publish")}</span>
        </span>
      </Button>
    </header>
  );
}

interface BarButtonProps {
  label: string;
  glyph: React.ReactNode;
  pressed?: boolean;
  onClick: () => void;
}

function BarButton({ label, glyph, pressed, onClick }: BarButtonProps) {
  return (
    <button
      type="button"
      className={css.barButton}
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onClick}
    >
      {glyph}
      <span className={css.wideOnly}>{label}</span>
    </button>
  );
}

function Home() {
  const text = useTexts();
  const { language } = useLocale();
  const { navigate } = useHost();
  const name = useDesigner((state) => localText(state.draft.app.name, language) || state.appId);
  return (
    <>
      <a
        className={css.home}
        href="/"
        aria-label={text("frame.home")}
        title={text("frame.home")}
        onClick={(event) => {
          if (event.ctrlKey || event.metaKey || event.shiftKey) return;
          event.preventDefault();
          navigate("/");
        }}
      >
        <img src="/icon.svg" alt="" width={22} height={22} />
      </a>
      <strong className={`${css.appName} truncate`} title={name}>
        {name}
      </strong>
    </>
  );
}

function PageChoice({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const { language } = useLocale();
  const canvas = useDesigner((state) => state.canvas);
  const pages = useDesigner((state) => state.draft.pages);
  const block = useDesigner((state) =>
    isBlockCanvas(state.canvas) ? state.draft.blocks[state.canvas.slice(6)] : undefined,
  );
  const home = useDesigner((state) => state.draft.app.home);
  if (block) {
    const values = { name: localText(block.name, language), version: String(block.version) };
    return (
      <span className={css.blockOpen}>
        <Button look="quiet" onClick={() => session.open(home)} title={text("bar.back_to_page")}>
          <Icon name="back" size={18} />
          <span className="truncate">{text("bar.block", values)}</span>
        </Button>
      </span>
    );
  }
  return (
    <label className={css.pageChoice}>
      <span className="visually-hidden">{text("bar.page")}</span>
      <select value={canvas} onChange={(event) => session.open(event.target.value)}>
        {Object.values(pages).map((page) => (
          <option key={page.id} value={page.id}>
            {localText(page.title, language) || page.id}
          </option>
        ))}
      </select>
    </label>
  );
}

function UndoRedo({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const canUndo = useDesigner((state) => state.canUndo);
  const canRedo = useDesigner((state) => state.canRedo);
  useDesigner((state) => state.draft);
  const { undo, redo } = session.labels();
  return (
    <span className={css.pair}>
      <button
        type="button"
        className={css.iconButton}
        disabled={!canUndo}
        aria-label={undo ? text("bar.undo_what", { what: undo }) : text("bar.undo")}
        title={`${undo ? text("bar.undo_what", { what: undo }) : text("bar.undo")} (Ctrl+Z)`}
        onClick={session.undo}
      >
        <Glyph name="undo" />
      </button>
      <button
        type="button"
        className={css.iconButton}
        disabled={!canRedo}
        aria-label={redo ? text("bar.redo_what", { what: redo }) : text("bar.redo")}
        title={`${redo ? text("bar.redo_what", { what: redo }) : text("bar.redo")} (Ctrl+Y)`}
        onClick={session.redo}
      >
        <Glyph name="redo" />
      </button>
    </span>
  );
}

const SIZES: readonly { size: Breakpoint; glyph: GlyphName; label: DesignerText }[] = [
  { size: "lg", glyph: "pc", label: "bar.lg" },
  { size: "md", glyph: "tablet", label: "bar.md" },
  { size: "sm", glyph: "phone", label: "bar.sm" },
];

function Breakpoints({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const breakpoint = useDesigner((state) => state.breakpoint);
  return (
    <fieldset className={css.segments} data-tour="breakpoint">
      <legend className="visually-hidden">{text("bar.breakpoint")}</legend>
      {SIZES.map(({ size, glyph, label }) => (
        <button
          key={size}
          type="button"
          aria-pressed={breakpoint === size}
          aria-label={text(label)}
          title={text(label)}
          onClick={() => session.setBreakpoint(size)}
        >
          <Glyph name={glyph} />
        </button>
      ))}
    </fieldset>
  );
}

function Zoom({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const zoom = useDesigner((state) => state.zoom);
  const percent = String(Math.round(zoom * 100));
  const by = (factor: number) => session.setZoom(Math.round(zoom * factor * 20) / 20);
  return (
    <span className={css.zoom}>
      <button
        type="button"
        className={css.iconButton}
        aria-label={text("bar.zoom_out")}
        title={text("bar.zoom_out")}
        onClick={() => by(0.8)}
      >
        <Glyph name="minus" />
      </button>
      <button
        type="button"
        className={css.percent}
        aria-label={`${text("bar.zoom", { percent })}. ${text("bar.zoom_full")}`}
        title={text("bar.zoom_full")}
        onClick={() => session.setZoom(1)}
      >
        {percent} %
      </button>
      <button
        type="button"
        className={css.iconButton}
        aria-label={text("bar.zoom_in")}
        title={text("bar.zoom_in")}
        onClick={() => by(1.25)}
      >
        <Icon name="plus" size={18} />
      </button>
      <button
        type="button"
        className={css.iconButton}
        aria-label={text("bar.zoom_fit")}
        title={text("bar.zoom_fit")}
        onClick={() => dispatchEvent(new CustomEvent("designer-zoom-fit"))}
      >
        <Glyph name="fit" />
      </button>
    </span>
  );
}

type MoreEntry = { label: DesignerText; panel: SidePanel } | { label: DesignerText; overlay: Overlay };

const MORE: readonly MoreEntry[] = [
  { label: "bar.start", overlay: "starter" },
  { label: "bar.theme", panel: "theme" },
  { label: "bar.texts", panel: "texts" },
  { label: "bar.media", panel: "media" },
  { label: "bar.keys", panel: "keys" },
  { label: "bar.tour", overlay: "tour" },
];

function More() {
  const text = useTexts();
  const { openPanel, openOverlay } = useWorkbench();
  const [open, setOpen] = useState(false);
  const id = useId();
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const outside = (event: PointerEvent) => {
      if (!holder.current?.contains(event.target as Node)) setOpen(false);
    };
    addEventListener("pointerdown", outside);
    holder.current?.querySelector<HTMLElement>("[role=menuitem]")?.focus();
    return () => removeEventListener("pointerdown", outside);
  }, [open]);
  const choose = (entry: MoreEntry) => {
    setOpen(false);
    if ("panel" in entry) openPanel(entry.panel);
    else openOverlay(entry.overlay);
  };
  return (
    <div className={menu.more} ref={holder}>
      <button
        type="button"
        className={css.iconButton}
        aria-label={text("bar.more")}
        title={text("bar.more")}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={id}
        data-tour="more"
        onClick={() => setOpen(!open)}
      >
        <Glyph name="more" />
      </button>
      {open ? (
        <div
          className={menu.menu}
          role="menu"
          id={id}
          aria-label={text("bar.more")}
          onKeyDown={menuKeys(() => setOpen(false))}
        >
          {MORE.map((entry) => (
            <button
              key={entry.label}
              type="button"
              role="menuitem"
              tabIndex={-1}
              onClick={() => choose(entry)}
            >
              {text(entry.label)}
            </button>
          ))}
        </div>
      ) : null}
    </div>
  );
}
