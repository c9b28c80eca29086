import { localText, useLocale } from "@sdk";
import { Advanced } from "../Advanced";
import { Field } from "../Field";
import type { FieldProps } from "../field_props";
import css from "../forms.module.css";
import { conditionHolds, emptyOf, inlined, type NamedProp, orderedProps, type PropSchema } from "../schema";
import { useFormTexts } from "../texts";

type Members = Record<string, unknown>;
const membersOf = (value: unknown): Members =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Members) : {};

/** The object with one member set, or taken away (`undefined`). */
export function withMember(value: unknown, name: string, member: unknown): Members {
  const out = { ...membersOf(value) };
  if (member === undefined) delete out[name];
  else out[name] = member;
  return out;
}

const Nothing = () => null;

/** An object: a form of its own; what few people need is put behind a button, as in the form around it. */
export function ObjectField(field: FieldProps) {
  const schema = inlined(field.schema);
  const value = membersOf(field.value ?? schema.default);
  const shown = orderedProps(schema).filter((prop) =>
    conditionHolds(prop.schema["x-ui"]?.visible_when, value, schema),
  );
  const basic = shown.filter((prop) => !prop.advanced);
  const advanced = shown.filter((prop) => prop.advanced);
  const row = (prop: NamedProp) => (
    <Member key={prop.name} field={field} schema={schema} value={value} prop={prop} />
  );
  // An object of advanced members alone was opened for just these.
  if (basic.length === 0)
    return (
      <div className={css.object} id={field.id}>
        {advanced.map(row)}
      </div>
    );
  return (
    <div className={css.object} id={field.id}>
      {basic.map(row)}
      {advanced.length > 0 ? <Advanced>{advanced.map(row)}</Advanced> : null}
    </div>
  );
}

interface MemberProps {
  field: FieldProps;
  schema: PropSchema;
  value: Members;
  prop: NamedProp;
}

function Member({ field, schema, value, prop: { name, schema: prop } }: MemberProps) {
  return (
    <Field
      editor={field.nested ?? Nothing}
      id={`${field.id}_${name}`}
      label={name}
      schema={prop}
      value={value[name]}
      depth={(field.depth ?? 0) + 1}
      disabled={field.disabled || !conditionHolds(prop["x-ui"]?.enabled_when, value, schema)}
      required={schema.required?.includes(name) ?? false}
      onChange={(member, typing) => field.onChange(withMember(value, name, member), typing)}
    />
  );
}

/** The alternative a value belongs to: told by its discriminator, a member with a constant. */
export function alternativeOf(schema: PropSchema, value: unknown): number {
  const key = schema["x-discriminator"] ?? "kind";
  const kind = membersOf(value)[key];
  return (schema.oneOf ?? []).findIndex((one) => inlined(one).properties?.[key]?.const === kind);
}

/** One of several kinds: choosing another keeps the members both have. */
export function UnionField(field: FieldProps) {
  const { language } = useLocale();
  const t = useFormTexts();
  const schema = inlined(field.schema);
  const key = schema["x-discriminator"] ?? "kind";
  const alternatives = (schema.oneOf ?? []).map(inlined);
  const at = alternativeOf(schema, field.value);
  const chosen = alternatives[at];
  const options = field.schema["x-ui"]?.options;
  const labelOf = (one: PropSchema) => {
    const kind = String(one.properties?.[key]?.const ?? "");
    return localText(one["x-ui"]?.label ?? options?.[kind], language) || kind;
  };
  const choose = (index: number) => {
    const next = alternatives[index];
    if (!next) return;
    const kept = Object.entries(membersOf(field.value)).filter(
      ([name]) => next.properties?.[name] && name !== key,
    );
    field.onChange({
      ...membersOf(emptyOf(next)),
      ...Object.fromEntries(kept),
      [key]: next.properties?.[key]?.const,
    });
  };
  const { [key]: _, ...rest } = chosen?.properties ?? {};
  return (
    <div className={css.object}>
      <select
        id={field.id}
        className={css.input}
        aria-label={`${field.label}: ${t("kind")}`}
        aria-describedby={field.describedBy}
        disabled={field.disabled}
        value={at < 0 ? "" : String(at)}
        onChange={(event) => choose(Number(event.target.value))}
      >
        {at < 0 ? <option value="">{t("choose")}</option> : null}
        {alternatives.map((one, index) => (
          <option key={labelOf(one)} value={String(index)}>
            {labelOf(one)}
          </option>
        ))}
      </select>
      {chosen ? (
        <ObjectField {...field} id={`${field.id}_of`} schema={{ ...chosen, properties: rest }} />
      ) : null}
    </div>
  );
}
