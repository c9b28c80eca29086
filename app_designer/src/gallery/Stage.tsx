import { LocaleContext } from "@sdk/context";
import { translator } from "@sdk/i18n/catalogue";
import { MediaContext } from "@sdk/media";
import { type CSSProperties, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { ComponentManifest } from "../generated/documents.gen";
import type { Choices, Size } from "./choices";
import css from "./gallery.module.css";

/** Width of a column, px: a PC of 1440, a wall of 1920 and a phone of 390. */
const COLUMN_PX = { pc: 86, wall: 124, phone: 173 };
const GAP_PX = 12;
const ROW_PX = 40;
const ROWS_MAX = 16;

/** The size a block gets on a stage, px. */
export function stageSize(
  layout: ComponentManifest["layout"],
  size: Size,
): { width: number; height: number } {
  const { grid, compact } = layout;
  const rows = {
    pc: grid.h,
    wall: grid.h,
    phone: compact.h,
    min: grid.min_h ?? 1,
    max: Math.min(grid.max_h ?? ROWS_MAX, ROWS_MAX),
  }[size];
  const columns = {
    pc: grid.w,
    wall: grid.w,
    phone: compact.span,
    min: grid.min_w ?? 1,
    max: grid.max_w ?? 12,
  }[size];
  const column = size === "wall" || size === "phone" ? COLUMN_PX[size] : COLUMN_PX.pc;
  return {
    width: columns * column + (columns - 1) * GAP_PX,
    height: rows * ROW_PX + (rows - 1) * GAP_PX,
  };
}

/** Shows its content once it comes near the screen; before that it keeps the room. */
export function WhenNear({ height, children }: { height: number; children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState(typeof IntersectionObserver === "undefined");
  useEffect(() => {
    const element = ref.current;
    if (near || !element) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setNear(true),
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [near]);
  return (
    <div ref={ref} style={{ minHeight: near ? undefined : height }}>
      {near ? children : null}
    </div>
  );
}

/** The picture that stands for whatever the media library would give. */
const examplePicture = () => "/icon.svg";

interface StageProps {
  layout: ComponentManifest["layout"];
  choices: Choices;
  caption: string;
  children: ReactNode;
}

/** A block at the chosen size, in the chosen language, in one theme or both. */
export function Stage({ layout, choices, caption, children }: StageProps) {
  const { width, height } = stageSize(layout, choices.size);
  const { language } = choices;
  const locale = useMemo(() => ({ language, t: translator(language) }), [language]);
  const themes = choices.theme === "both" ? (["light", "dark"] as const) : [choices.theme];
  const style = { "--width": `${width}px`, "--height": `${height}px` } as CSSProperties;
  return (
    <figure className={css.figure} style={style}>
      <div className={css.pair}>
        {themes.map((theme) => (
          <div key={theme} className={css.stage} data-theme={theme} lang={language}>
            <div className={css.place} data-phone={choices.size === "phone"}>
              <WhenNear height={height}>
                <div className={css.box}>
                  <LocaleContext.Provider value={locale}>
                    <MediaContext.Provider value={examplePicture}>{children}</MediaContext.Provider>
                  </LocaleContext.Provider>
                </div>
              </WhenNear>
            </div>
          </div>
        ))}
      </div>
      <figcaption className={css.caption}>{caption}</figcaption>
    </figure>
  );
}
