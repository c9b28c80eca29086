import { Icon, localText, useLocale } from "@sdk";
import { type ComponentType, type ReactNode, useId, useState } from "react";
import type { FieldProps } from "./field_props";
import css from "./forms.module.css";
import { inlined, widgetOf } from "./schema";
import { useFormTexts } from "./texts";

/** Editors whose control cannot be pointed at by `<label for>`: their group carries the name instead. */
const GROUPED = new Set([
  "segmented",
  "color",
  "list",
  "options",
  "columns",
  "fields",
  "bands",
  "media",
  "anchor",
  "object",
]);

interface FrameProps extends Omit<FieldProps, "describedBy" | "invalid" | "nested"> {
  /** The editor of its value. */
  editor: ComponentType<FieldProps>;
  required?: boolean | undefined;
  /** What is wrong with it, in words. */
  problem?: string | undefined;
  /** Stands instead of the editor, for example where the value is bound. */
  instead?: ReactNode;
  /** JSON pointer of the property, by which it is found: `/title`. */
  pointer?: string | undefined;
  /** Buttons beside the label: the bind toggle. */
  actions?: ReactNode;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** One property: label, help, reset mark, its editor, and what is wrong with it. */
export function Field({
  editor: Editor,
  problem,
  instead,
  actions,
  required,
  pointer,
  ...field
}: FrameProps) {
  const { language } = useLocale();
  const t = useFormTexts();
  const own = useId();
  const [helped, setHelped] = useState(false);
  const hints = field.schema["x-ui"];
  const label = localText(hints?.label, language) || field.label;
  const help = localText(hints?.help, language);
  const plain = inlined(field.schema);
  const changed = field.value !== undefined && !required && !same(field.value, plain.default);
  const describedBy = [helped && `${own}h`, problem && `${own}p`].filter(Boolean).join(" ") || undefined;
  const grouped = GROUPED.has(widgetOf(field.schema)) || plain.type === "array";
  return (
    <div className={css.field} data-field={pointer}>
      <div className={css.labelRow}>
        {grouped || instead ? (
          <span className={`${css.label} truncate`} title={label}>
            {label}
          </span>
        ) : (
          <label className={`${css.label} truncate`} htmlFor={field.id} title={label}>
            {label}
          </label>
        )}
        {help ? (
          <button
            type="button"
            className={css.small}
            aria-expanded={helped}
            aria-label={t("help", { name: label })}
            title={help}
            onClick={() => setHelped(!helped)}
          >
            <Icon name="question" size={14} />
          </button>
        ) : null}
        <span className={css.gap} />
        {changed && !instead && !field.disabled ? (
          <button
            type="button"
            className={css.small}
            aria-label={t("reset", { name: label })}
            title={t("reset", { name: label })}
            onClick={() => field.onChange(undefined)}
          >
            <Icon name="reset" size={14} />
          </button>
        ) : null}
        {actions}
      </div>
      {helped ? (
        <p id={`${own}h`} className={css.help}>
          {help}
        </p>
      ) : null}
      {instead ?? <Editor {...field} label={label} invalid={Boolean(problem)} describedBy={describedBy} />}
      {problem ? (
        <p id={`${own}p`} className={css.problem}>
          {problem}
        </p>
      ) : null}
    </div>
  );
}
