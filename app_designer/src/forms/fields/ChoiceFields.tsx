import { localText, useLocale } from "@sdk";
import { controlAttributes, type FieldProps } from "../field_props";
import css from "../forms.module.css";
import { inlined, type PropSchema } from "../schema";
import { useFormTexts } from "../texts";

export function SwitchField(field: FieldProps) {
  const t = useFormTexts();
  const on = Boolean(field.value ?? field.schema.default ?? false);
  return (
    <button
      {...controlAttributes(field)}
      type="button"
      role="switch"
      aria-checked={on}
      className={css.switch}
      onClick={() => field.onChange(!on)}
    >
      <span className={css.knob} aria-hidden="true" />
      <span className={css.switchWord}>{t(on ? "on" : "off")}</span>
    </button>
  );
}

interface Member {
  value: unknown;
  label: string;
}

/** The members of an enum with their words in the reader's language. */
export function useMembers(given: PropSchema): Member[] {
  const { language } = useLocale();
  const schema = inlined(given);
  return (schema.enum ?? []).map((value) => ({
    value,
    label: localText(schema["x-ui"]?.options?.[String(value)], language) || String(value),
  }));
}

const current = (field: FieldProps): unknown => field.value ?? inlined(field.schema).default;

export function SelectField(field: FieldProps) {
  const t = useFormTexts();
  const members = useMembers(field.schema);
  const at = members.findIndex((member) => member.value === current(field));
  const strange = at < 0 && field.value !== undefined;
  return (
    <select
      {...controlAttributes(field)}
      className={css.input}
      value={at < 0 ? "" : String(at)}
      onChange={(event) =>
        field.onChange(event.target.value === "" ? undefined : members[Number(event.target.value)]?.value)
      }
    >
      {at < 0 ? <option value="">{strange ? String(field.value) : t("choose")}</option> : null}
      {members.map((member, index) => (
        <option key={String(member.value)} value={String(index)}>
          {member.label}
        </option>
      ))}
    </select>
  );
}

export function SegmentedField(field: FieldProps) {
  const members = useMembers(field.schema);
  const chosen = current(field);
  return (
    <fieldset
      className={css.segments}
      id={field.id}
      disabled={field.disabled}
      aria-describedby={field.describedBy}
    >
      <legend className="visually-hidden">{field.label}</legend>
      {members.map((member) => (
        <button
          key={String(member.value)}
          type="button"
          className={css.segment}
          aria-pressed={member.value === chosen}
          title={member.label}
          onClick={() => field.onChange(member.value)}
        >
          {member.label}
        </button>
      ))}
    </fieldset>
  );
}

type ScalarKind = "text" | "number" | "boolean" | "null";

const kindOf = (value: unknown): ScalarKind => {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  return value === null ? "null" : "text";
};

const START: Record<ScalarKind, unknown> = { text: "", number: 0, boolean: true, null: null };

/** A constant of any simple type: the type is chosen beside it, so that 1 and "1" stay apart. */
export function ScalarField(field: FieldProps) {
  const t = useFormTexts();
  const kind = kindOf(field.value ?? field.schema.default);
  const { value } = field;
  return (
    <div className={css.scalar}>
      {kind === "boolean" ? (
        <SwitchField {...field} />
      ) : (
        <input
          {...controlAttributes(field)}
          className={css.input}
          disabled={kind === "null" || field.disabled}
          type={kind === "number" ? "number" : "text"}
          step="any"
          value={value === undefined || value === null ? "" : String(value)}
          onChange={(event) => {
            const { value: text } = event.target;
            if (kind !== "number") field.onChange(text, true);
            else if (text !== "" && Number.isFinite(Number(text))) field.onChange(Number(text), true);
          }}
        />
      )}
      <select
        className={css.input}
        aria-label={t("kind")}
        value={kind}
        disabled={field.disabled}
        onChange={(event) => field.onChange(START[event.target.value as ScalarKind])}
      >
        {(["text", "number", "boolean", "null"] as const).map((one) => (
          <option key={one} value={one}>
            {t(`value.${one}`)}
          </option>
        ))}
      </select>
    </div>
  );
}
