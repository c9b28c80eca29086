import { StateShape, stateVariable } from "@sdk";
import type { FieldProps } from "../field_props";
import css from "../forms.module.css";
import { type FormText, useFormTexts } from "../texts";

/** Meanings of colours; each has a colour, a shape and a word. */
export const TONES = ["neutral", "running", "idle", "setup", "off", "stopped", "attention", "fault"] as const;

/** The meaning of a colour, never a colour itself: the theme says what it looks like. */
export function ToneField(field: FieldProps) {
  const t = useFormTexts();
  const chosen = field.value ?? field.schema.default;
  const strange = typeof chosen === "string" && !TONES.some((tone) => tone === chosen) ? chosen : null;
  return (
    <fieldset
      className={css.tones}
      id={field.id}
      disabled={field.disabled}
      aria-describedby={field.describedBy}
    >
      <legend className="visually-hidden">{field.label}</legend>
      {TONES.map((tone) => {
        const look = stateVariable(tone);
        return (
          <button
            key={tone}
            type="button"
            className={css.tone}
            aria-pressed={tone === chosen}
            aria-label={t(`tone.${tone}` as FormText)}
            title={t(`tone.${tone}` as FormText)}
            style={{ background: `var(${look.fill})`, color: `var(${look.text})` }}
            onClick={() => field.onChange(tone)}
          >
            <StateShape shape={look.shape} />
          </button>
        );
      })}
      {strange ? <span className={css.reading}>{strange}</span> : null}
    </fieldset>
  );
}
