import { NumberField } from "@forms/fields/NumberField";
import { type ReactNode, useId } from "react";
import { areaOf } from "../model/areas";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { changeKind, resizeCanvas } from "../model/operations";
import { useChange } from "./edit";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

/** A control under its name. */
export function Labelled({
  label,
  htmlFor,
  children,
}: {
  label: string;
  htmlFor?: string;
  children: ReactNode;
}) {
  return (
    <div className={css.field}>
      {htmlFor ? (
        <label className={css.label} htmlFor={htmlFor}>
          {label}
        </label>
      ) : (
        <span className={css.label}>{label}</span>
      )}
      {children}
    </div>
  );
}

const SIDE = { type: "number", minimum: 50, maximum: 10_000 } as const;

/** Grid or free canvas, and how large a free one is. */
export function CanvasFields() {
  const t = useInspectorTexts();
  const id = useId();
  const store = useDesignerStore();
  const change = useChange();
  const kind = useDesigner((state) => areaOf(state.draft, state.canvas, "").kind);
  const width = useDesigner((state) => areaOf(state.draft, state.canvas, "").width ?? 1200);
  const height = useDesigner((state) => areaOf(state.draft, state.canvas, "").height ?? 700);
  const resize = (w: unknown, h: unknown) => {
    if (typeof w !== "number" || typeof h !== "number" || Math.min(w, h) < 50 || Math.max(w, h) > 10_000)
      return;
    const state = store.getState();
    change(t("change.page", { name: t("page.canvas") }), resizeCanvas(state, w, h), `${state.canvas}:size`);
  };
  return (
    <>
      <Labelled label={t("page.canvas")} htmlFor={`${id}canvas`}>
        <select
          id={`${id}canvas`}
          className={css.input}
          value={kind}
          onChange={(event) =>
            change(
              t("change.page", { name: t("page.canvas") }),
              changeKind(store.getState(), event.target.value as "grid" | "free"),
            )
          }
        >
          <option value="grid">{t("page.canvas.grid")}</option>
          <option value="free">{t("page.canvas.free")}</option>
        </select>
      </Labelled>
      {kind === "free" ? (
        <div className={css.numbers}>
          <Labelled label={t("page.width")} htmlFor={`${id}w`}>
            <NumberField
              id={`${id}w`}
              label={t("page.width")}
              schema={SIDE}
              value={width}
              onChange={(value) => resize(value, height)}
            />
          </Labelled>
          <Labelled label={t("page.height")} htmlFor={`${id}h`}>
            <NumberField
              id={`${id}h`}
              label={t("page.height")}
              schema={SIDE}
              value={height}
              onChange={(value) => resize(width, value)}
            />
          </Labelled>
        </div>
      ) : null}
    </>
  );
}
