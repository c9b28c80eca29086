import { Icon } from "@sdk";
import { type CSSProperties, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import css from "./popover.module.css";

const EDGE_PX = 8;
const NARROW_PX = 640;
const FOCUSABLE =
  "button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex='0']";

interface PopoverProps {
  /** What it belongs to: it opens beside it, and focus goes back there; null: in the middle of the screen. */
  anchor: HTMLElement | null;
  title: string;
  closeLabel: string;
  onClose: () => void;
  width?: number;
  /** A press outside does not close it, as while something is picked on the canvas. */
  pinned?: boolean;
  children: ReactNode;
}

interface Place {
  left: number;
  top: number;
}

/** Beside the anchor where there is room, else over it; always whole on the screen. */
export function placeBeside(
  anchor: { left: number; right: number; top: number },
  size: { width: number; height: number },
  screen: { width: number; height: number },
): Place {
  const before = anchor.left - size.width - EDGE_PX;
  const after = anchor.right + EDGE_PX;
  const left =
    before >= EDGE_PX ? before : after + size.width <= screen.width - EDGE_PX ? after : anchor.left;
  return {
    left: Math.max(EDGE_PX, Math.min(left, screen.width - size.width - EDGE_PX)),
    top: Math.max(EDGE_PX, Math.min(anchor.top - 48, screen.height - size.height - EDGE_PX)),
  };
}

function useTrap(box: React.RefObject<HTMLDivElement | null>, props: PopoverProps): void {
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    const away = (event: PointerEvent) => {
      const target = event.target as Node;
      const { pinned, anchor, onClose } = latest.current;
      const inside = box.current?.contains(target) || anchor?.contains(target);
      const above = target instanceof Element && target.closest("[data-popover]") !== null;
      if (!pinned && !inside && !above) onClose();
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [box]);
  useEffect(() => {
    const before = document.activeElement;
    const around = latest.current.anchor?.parentElement;
    (box.current?.querySelector<HTMLElement>("[data-autofocus]") ?? box.current)?.focus();
    return () => {
      focusOneOf([before, latest.current.anchor, around]);
    };
  }, [box]);
}

/** What the panel was opened from has often become something else: then the focus goes to what stands there now. */
function focusOneOf(places: readonly (Element | null | undefined)[]): void {
  for (const place of places) {
    if (!(place instanceof HTMLElement) || !place.isConnected || place === document.body) continue;
    const target = place.matches(FOCUSABLE) ? place : place.querySelector<HTMLElement>(FOCUSABLE);
    if (!target) continue;
    target.focus();
    return;
  }
}

/** A small panel of its own beside what it belongs to; Escape and a press outside close it. */
export function Popover(props: PopoverProps) {
  const { anchor, title, closeLabel, onClose, width = 460, children } = props;
  const box = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place>({ left: EDGE_PX, top: EDGE_PX });
  useTrap(box, props);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element || innerWidth < NARROW_PX) return;
    const height = element.offsetHeight;
    if (!anchor) {
      setPlace({
        left: (innerWidth - element.offsetWidth) / 2,
        top: Math.max(EDGE_PX, (innerHeight - height) / 4),
      });
      return;
    }
    const rect = anchor.getBoundingClientRect();
    setPlace(
      placeBeside(rect, { width: element.offsetWidth, height }, { width: innerWidth, height: innerHeight }),
    );
  }, [anchor]);
  const press = (event: React.KeyboardEvent) => {
    // What is typed here is not a shortcut of the canvas.
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    }
    if (event.key !== "Tab") return;
    const stops = [...(box.current?.querySelectorAll<HTMLElement>(FOCUSABLE) ?? [])];
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
  };
  return createPortal(
    <div
      ref={box}
      className={css.popover}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      data-popover="true"
      style={
        { "--left": `${place.left}px`, "--top": `${place.top}px`, "--width": `${width}px` } as CSSProperties
      }
      onKeyDown={press}
    >
      <div className={css.head}>
        <h2 className="truncate">{title}</h2>
        <button
          type="button"
          className={css.close}
          aria-label={closeLabel}
          title={closeLabel}
          onClick={onClose}
        >
          <Icon name="close" size={16} />
        </button>
      </div>
      {children}
    </div>,
    document.body,
  );
}
