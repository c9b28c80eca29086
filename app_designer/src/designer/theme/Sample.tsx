import { useEffect, useRef } from "react";
import { useTexts } from "./texts";
import css from "./theme.module.css";
import type { Shade, Tokens } from "./tokens";

interface SampleProps {
  shade: Shade;
  tokens: Tokens;
  /** Given once it is drawn; its `[data-plain]` has the built-in tokens of the shade. */
  hold: (element: HTMLElement | null) => void;
}

/** A tile, a button and texts as they would look. */
export function Sample({ shade, tokens, hold }: SampleProps) {
  const text = useTexts();
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = root.current;
    if (!element) return;
    for (const [name, value] of Object.entries(tokens)) element.style.setProperty(name, value);
    return () => {
      for (const name of Object.keys(tokens)) element.style.removeProperty(name);
    };
  }, [tokens]);
  return (
    <section ref={hold} aria-label={text("sample")}>
      <div data-plain="true" data-theme={shade} hidden />
      <div ref={root} className={css.sample} data-theme={shade}>
        <div className={css.tile}>
          <span>{text("sample_tile")}</span>
          <strong>52.4</strong>
          <small>{text("sample_text")}</small>
        </div>
        <span className={css.button}>{text("sample_button")}</span>
      </div>
    </section>
  );
}
