import { NumberField } from "@forms/fields/NumberField";
import type { PropSchema } from "@forms/schema";
import { useId } from "react";
import { areaOf, areaOfElement, type Item, itemOf, itemPath } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { placeItems } from "../model/operations";
import { useChange } from "./edit";
import css from "./inspector.module.css";
import { type InspectorText, useInspectorTexts } from "./texts";

type Key = "x" | "y" | "w" | "h" | "z" | "r";
type Row = readonly [Key, InspectorText, PropSchema];

const GRID: readonly Row[] = [
  ["x", "position.x", { type: "integer", minimum: 0, maximum: 11 }],
  ["y", "position.y", { type: "integer", minimum: 0, maximum: 10_000 }],
  ["w", "position.columns", { type: "integer", minimum: 1, maximum: 12 }],
  ["h", "position.rows", { type: "integer", minimum: 1, maximum: 1000 }],
];
const SIDE: PropSchema = { type: "number", minimum: -10_000, maximum: 10_000 };
const SIZE: PropSchema = { type: "number", minimum: 1, maximum: 10_000 };
const FREE: readonly Row[] = [
  ["x", "position.x", SIDE],
  ["y", "position.y", SIDE],
  ["w", "position.w", SIZE],
  ["h", "position.h", SIZE],
  ["r", "position.r", { type: "number", minimum: -360, maximum: 360, default: 0 }],
  ["z", "position.z", { type: "integer", minimum: -10_000, maximum: 10_000, default: 0 }],
];

/** A place that the document allows: within the limits, and within the 12 columns. */
export function placed(item: Item, key: Key, wish: number, kind: "grid" | "free"): Item {
  const schema = (kind === "grid" ? GRID : FREE).find(([name]) => name === key)?.[2];
  const whole = schema?.type === "integer" ? Math.round(wish) : wish;
  const value = Math.min(schema?.maximum ?? whole, Math.max(schema?.minimum ?? whole, whole));
  const next = { ...item, [key]: value };
  if (kind === "grid" && next.x + next.w > 12) {
    if (key === "x") next.w = 12 - next.x;
    else next.x = 12 - next.w;
  }
  return next;
}

/** Where an element is, in numbers. */
export function PositionSection({ id, locked }: { id: string; locked: boolean }) {
  const t = useInspectorTexts();
  const own = useId();
  const store = useDesignerStore();
  const change = useChange();
  const item = useDesigner((state) => itemOf(state.draft, state.canvas, id));
  const kind = useDesigner(
    (state) =>
      areaOf(state.draft, state.canvas, areaOfElement(elementsOf(state.draft, state.canvas)[id])).kind,
  );
  if (!item) return null;
  const set = (key: Key, value: unknown) => {
    if (typeof value !== "number") return;
    const state = store.getState();
    const area = areaOfElement(elementsOf(state.draft, state.canvas)[id]);
    const next = placed(item, key, value, kind);
    const changes =
      kind === "grid"
        ? placeItems(state, area, { [id]: next })
        : [{ path: itemPath(state.canvas, area, id), value: next }];
    change(t("change.move"), changes, `${id}:place`);
  };
  return (
    <div className={css.numbers}>
      {(kind === "grid" ? GRID : FREE).map(([key, title, schema]) => (
        <label key={key} className={css.field} htmlFor={own + key}>
          <span className={css.label}>{t(title)}</span>
          <NumberField
            id={own + key}
            label={t(title)}
            schema={schema}
            disabled={locked}
            value={(item as unknown as Record<string, number>)[key] ?? schema.default}
            onChange={(value) => set(key, value)}
          />
        </label>
      ))}
    </div>
  );
}
