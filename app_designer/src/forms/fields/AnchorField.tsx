import { useChoices } from "../choices";
import type { FieldProps } from "../field_props";
import css from "../forms.module.css";
import { type FormText, useFormTexts } from "../texts";

interface Joint {
  element: string;
  anchor: string;
}

function jointOf(value: unknown): Joint | null {
  const { element, anchor } = (value ?? {}) as Partial<Joint>;
  return typeof element === "string" ? { element, anchor: typeof anchor === "string" ? anchor : "" } : null;
}

/** A connection point of another element: which element, and where on it. */
export function AnchorField(field: FieldProps) {
  const t = useFormTexts();
  const { anchors } = useChoices();
  const joint = jointOf(field.value);
  const chosen = anchors.find((one) => one.value === joint?.element);
  const gone = joint !== null && !chosen;
  const shared = { className: css.input, disabled: field.disabled, "aria-describedby": field.describedBy };
  if (anchors.length === 0 && !joint)
    return (
      <p className={css.help} id={field.id}>
        {t("anchor.empty")}
      </p>
    );
  const join = (element: string) => {
    const target = anchors.find((one) => one.value === element);
    if (!target) return field.onChange(undefined);
    const kept = target.anchors.find((name) => name === joint?.anchor);
    field.onChange({ element, anchor: kept ?? target.anchors[0] ?? "right" });
  };
  return (
    <div className={css.object}>
      <select
        {...shared}
        id={field.id}
        aria-label={`${field.label}: ${t("anchor.element")}`}
        aria-invalid={gone || field.invalid ? true : undefined}
        value={joint?.element ?? ""}
        onChange={(event) => join(event.target.value)}
      >
        <option value="">{t("anchor.none")}</option>
        {gone ? <option value={joint.element}>{joint.element}</option> : null}
        {anchors.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {joint && chosen ? (
        <select
          {...shared}
          aria-label={`${field.label}: ${t("anchor.point")}`}
          value={joint.anchor}
          onChange={(event) => field.onChange({ element: joint.element, anchor: event.target.value })}
        >
          {chosen.anchors.includes(joint.anchor) ? null : (
            <option value={joint.anchor}>{joint.anchor}</option>
          )}
          {chosen.anchors.map((name) => (
            <option key={name} value={name}>
              {t(`anchor.${name}` as FormText)}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}
