import { Button, Icon } from "@sdk";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { type LeftTab, useWorkbench } from "../frame/workbench";
import type { en } from "./en";
import { useTexts } from "./texts";
import css from "./tour.module.css";

interface Stop {
  text: "data" | "blocks" | "settings" | "sizes" | "publish";
  /** What it points at. */
  target: string;
  tab?: LeftTab;
}

const STOPS: readonly Stop[] = [
  { text: "data", target: '[data-tour="tab-data"]', tab: "data" },
  { text: "blocks", target: '[data-tour="tab-blocks"]', tab: "blocks" },
  { text: "settings", target: "aside:last-of-type" },
  { text: "sizes", target: '[data-tour="breakpoint"]' },
  { text: "publish", target: '[data-tour="publish"]' },
];
const CARD_WIDTH = 320;
const CARD_HEIGHT = 220;
const GAP = 12;

interface Place {
  ring: { left: number; top: number; width: number; height: number } | null;
  card: { left: number; top: number };
}

/** Where the card goes: beside what it points at, within the window. */
export function placeCard(target: DOMRect | null, width: number, height: number): Place {
  if (!target) {
    return { ring: null, card: { left: (width - CARD_WIDTH) / 2, top: (height - CARD_HEIGHT) / 2 } };
  }
  const right = target.right + GAP;
  const beside = right + CARD_WIDTH < width ? right : target.left - CARD_WIDTH - GAP;
  const fits = beside >= GAP;
  const left = fits ? beside : Math.max(GAP, Math.min(target.left, width - CARD_WIDTH - GAP));
  const top = fits ? target.top : target.bottom + GAP;
  const { left: x, top: y, width: w, height: h } = target;
  return {
    ring: { left: x, top: y, width: w, height: h },
    card: { left, top: Math.max(GAP, Math.min(top, height - CARD_HEIGHT - GAP)) },
  };
}

/** Five short stops for a newcomer; the workbench stays usable beside the card. */
export default function Tour() {
  const text = useTexts();
  const { closeOverlay, showLeft } = useWorkbench();
  const [at, setAt] = useState(0);
  const stop = STOPS[at] as Stop;
  const card = useRef<HTMLDivElement>(null);
  const place = usePlace(stop);
  useEffect(() => {
    if (stop.tab) showLeft(stop.tab);
    card.current?.focus();
  }, [stop, showLeft]);
  const last = at === STOPS.length - 1;
  return (
    <>
      {place.ring ? <div className={css.ring} style={place.ring} aria-hidden="true" /> : null}
      <div
        ref={card}
        className={css.card}
        style={place.card}
        role="dialog"
        aria-label={text("title")}
        tabIndex={-1}
        onKeyDown={(event) => event.key === "Escape" && closeOverlay()}
      >
        <header>
          <small>{text("step", { no: String(at + 1), count: String(STOPS.length) })}</small>
          <Button look="quiet" square aria-label={text("close")} title={text("close")} onClick={closeOverlay}>
            <Icon name="close" size={18} />
          </Button>
        </header>
        <h3>{text(stop.text)}</h3>
        <p>{text(`${stop.text}_text` satisfies keyof typeof en)}</p>
        <footer>
          <Button look="quiet" disabled={at === 0} onClick={() => setAt(at - 1)}>
            {text("back")}
          </Button>
          <Button look="primary" onClick={() => (last ? closeOverlay() : setAt(at + 1))}>
            {text(last ? "done" : "next")}
          </Button>
        </footer>
      </div>
    </>
  );
}

function usePlace(stop: Stop): Place {
  const [place, setPlace] = useState<Place>(() => placeCard(null, innerWidth, innerHeight));
  useLayoutEffect(() => {
    const measure = () => {
      const found = document.querySelector(stop.target)?.getBoundingClientRect() ?? null;
      const shown = found && found.width > 0 ? found : null;
      setPlace(placeCard(shown, innerWidth, innerHeight));
    };
    measure();
    const timer = setTimeout(measure, 200);
    addEventListener("resize", measure);
    return () => {
      clearTimeout(timer);
      removeEventListener("resize", measure);
    };
  }, [stop]);
  return place;
}
