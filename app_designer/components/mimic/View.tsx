import { type ComponentProps, Icon, type LocalText, localText, useLocale } from "@sdk";
import { usePanZoom } from "./pan_zoom";
import css from "./View.module.css";
import { SCALE_MAX } from "./view_box";

export interface MimicProps {
  title?: LocalText;
  ground?: "surface" | "dots" | "none";
  zoom?: boolean;
}

export default function MimicView({ props, slot, text, mode, compact }: ComponentProps<MimicProps>) {
  const { language } = useLocale();
  const zooms = props.zoom !== false && mode !== "design";
  const { frame, view, handlers, press } = usePanZoom(zooms);
  const title = localText(props.title, language);
  const { x, y, scale } = view;
  const button = (key: string, label: string, icon: "plus" | "minus" | "fit", off: boolean) => (
    <button
      type="button"
      className={css.key}
      aria-label={label}
      title={label}
      disabled={off}
      onClick={() => press(key)}
    >
      {icon === "plus" ? (
        <Icon name="plus" />
      ) : (
        <span aria-hidden="true">{icon === "minus" ? "−" : "⤢"}</span>
      )}
    </button>
  );
  return (
    <section
      className={css.mimic}
      data-ground={props.ground ?? "surface"}
      data-compact={compact}
      aria-label={title || text("mimic")}
    >
      {title ? <h2 className={`${css.title} truncate`}>{title}</h2> : null}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be the frame of a drawing. */}
      <div
        ref={frame}
        className={css.frame}
        data-state={scale > 1 ? "zoomed" : "fit"}
        tabIndex={zooms ? 0 : -1}
        role="group"
        aria-label={zooms ? text("frame") : title || text("mimic")}
        {...handlers}
      >
        <div className={css.drawing} style={{ transform: `translate(${x}px, ${y}px) scale(${scale})` }}>
          {slot("canvas")}
        </div>
      </div>
      {zooms ? (
        <div className={css.keys} role="toolbar" aria-label={text("zoom")}>
          {button("+", text("larger"), "plus", scale >= SCALE_MAX)}
          {button("-", text("smaller"), "minus", scale <= 1)}
          {button("0", text("fit"), "fit", scale <= 1)}
        </div>
      ) : null}
    </section>
  );
}
