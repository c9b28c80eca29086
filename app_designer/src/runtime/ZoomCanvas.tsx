import { Icon } from "@sdk";
import { type ReactNode, useEffect, useState } from "react";
import { useRuntimeTexts } from "./i18n/texts";
import { useZoom, type ZoomState } from "./use_zoom";
import css from "./zoom.module.css";

interface ZoomProps {
  width: number;
  height: number;
  children: ReactNode;
}

/** A drawing on a phone: as wide as the screen first, then as close as one wants. */
export default function ZoomCanvas({ width, height, children }: ZoomProps) {
  const t = useRuntimeTexts();
  const { room, sizer, sheet, state, acts } = useZoom(width, height);
  return (
    <div className={css.whole}>
      <section
        className={css.room}
        ref={room}
        tabIndex={0}
        aria-label={t("area.drawing")}
        data-zoom={!state.isFit}
      >
        <div className={css.sizer} ref={sizer}>
          <div className={css.sheet} ref={sheet} style={{ width, height }}>
            {children}
          </div>
        </div>
      </section>
      <div className={css.tools} role="toolbar" aria-label={t("area.zoom")}>
        <Enlarged state={state} />
        <button type="button" aria-label={t("area.closer")} disabled={state.isMost} onClick={acts.closer}>
          <Icon name="plus" />
        </button>
        <button type="button" aria-label={t("area.farther")} disabled={state.isFit} onClick={acts.farther}>
          <span aria-hidden="true">−</span>
        </button>
        <button type="button" aria-label={t("area.fit")} disabled={state.isFit} onClick={acts.fit}>
          <span aria-hidden="true">⤢</span>
        </button>
      </div>
    </div>
  );
}

const SHOWN_MS = 4000;

/** Why a press did nothing but enlarge. */
function Enlarged({ state }: { state: ZoomState }) {
  const t = useRuntimeTexts();
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (state.enlarged === 0) return;
    setShown(state.enlarged);
    const timer = setTimeout(() => setShown(0), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state.enlarged]);
  return (
    <p className={css.told} role="status">
      {shown > 0 ? t("area.enlarged") : ""}
    </p>
  );
}
