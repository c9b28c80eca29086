import {
  Button,
  type ComponentProps,
  clampWindow,
  Icon,
  type TimeWindow,
  useRange,
  useServices,
  useWindow,
} from "@sdk";
import { type KeyboardEvent, type PointerEvent, useState } from "react";
import css from "./View.module.css";

/** A selection while it is drawn, in shares of the window. */
interface Selection {
  from: number;
  to: number;
}

export interface Zoom {
  selection: Selection | null;
  onPointerDown: (event: PointerEvent) => void;
  onPointerMove: (event: PointerEvent) => void;
  onPointerUp: (event: PointerEvent) => void;
  onPointerCancel: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
}

/** A shorter stroke than this (share of the window) is a tap, not a selection. */
const STROKE_MIN = 0.01;

function useMove() {
  const { live } = useServices();
  const { setChoice } = useRange();
  return (from: number, to: number) => {
    const next = clampWindow(from, to, live.clock.now());
    setChoice({ kind: "fixed", ...next });
  };
}

/** The window about its middle, `factor` times as long. */
export function zoomed(window: Pick<TimeWindow, "from" | "to">, factor: number): [number, number] {
  const middle = (window.from + window.to) / 2;
  const half = ((window.to - window.from) / 2) * factor;
  return [middle - half, middle + half];
}

/** Choosing a stretch of time by dragging over a lane, or by keys. */
export function useZoom(window: TimeWindow, enabled: boolean): Zoom {
  const { setChoice } = useRange();
  const move = useMove();
  const [stroke, setStroke] = useState<{ begin: number; end: number } | null>(null);
  const share = (event: PointerEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - box.left) / Math.max(1, box.width)));
  };
  const selection = stroke
    ? { from: Math.min(stroke.begin, stroke.end), to: Math.max(stroke.begin, stroke.end) }
    : null;
  const length = window.to - window.from;
  const keys: Record<string, () => void> = {
    "+": () => move(...zoomed(window, 0.5)),
    "-": () => move(...zoomed(window, 2)),
    ArrowLeft: () => move(window.from - length / 4, window.to - length / 4),
    ArrowRight: () => move(window.from + length / 4, window.to + length / 4),
    "0": () => setChoice({ kind: "live", span: "1h" }),
  };
  return {
    selection,
    onPointerDown: (event) => {
      if (!enabled || event.pointerType === "touch") return;
      event.currentTarget.setPointerCapture?.(event.pointerId);
      const at = share(event);
      setStroke({ begin: at, end: at });
    },
    onPointerMove: (event) => {
      if (stroke) setStroke({ ...stroke, end: share(event) });
    },
    onPointerUp: () => {
      if (selection && selection.to - selection.from > STROKE_MIN)
        move(window.from + selection.from * length, window.from + selection.to * length);
      setStroke(null);
    },
    onPointerCancel: () => setStroke(null),
    onKeyDown: (event) => {
      const act = enabled && !event.ctrlKey && !event.metaKey ? keys[event.key] : undefined;
      if (!act) return;
      event.preventDefault();
      act();
    },
  };
}

/** The same by pressing, for touch. */
export function ZoomButtons({ text, enabled }: { text: ComponentProps["text"]; enabled: boolean }) {
  const { choice, setChoice } = useRange();
  const window = useWindow(choice);
  const move = useMove();
  return (
    <span className={css.zoom}>
      <Button
        look="quiet"
        square
        disabled={!enabled}
        title={text("zoom_in")}
        aria-label={text("zoom_in")}
        onClick={() => move(...zoomed(window, 0.5))}
      >
        <Icon name="plus" size={16} />
      </Button>
      <Button
        look="quiet"
        square
        disabled={!enabled}
        title={text("zoom_out")}
        aria-label={text("zoom_out")}
        onClick={() => move(...zoomed(window, 2))}
      >
        <Icon name="minus" size={16} />
      </Button>
      {choice.kind === "fixed" ? (
        <Button
          look="quiet"
          square
          disabled={!enabled}
          title={text("live")}
          aria-label={text("live")}
          onClick={() => setChoice({ kind: "live", span: "1h" })}
        >
          <Icon name="play" size={16} />
        </Button>
      ) : null}
    </span>
  );
}
