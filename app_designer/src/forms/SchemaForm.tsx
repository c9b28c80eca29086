import { localText, useLocale } from "@sdk";
import { type ReactNode, useId, useMemo } from "react";
import { Advanced } from "./Advanced";
import { Field } from "./Field";
import css from "./forms.module.css";
import { bindable, conditionHolds, type NamedProp, orderedProps, type PropSchema } from "./schema";
import { type FormText, useFormTexts } from "./texts";
import { ValueEditor } from "./ValueEditor";
import { problemsOf } from "./validate";

/** How a property that is bound shows its source, and the toggle that binds it. */
export interface BindingSlots {
  /** Stands instead of the editor where the property is bound; null where it is not. */
  bound: (pointer: string, schema: PropSchema, label: string) => ReactNode | null;
  /** The toggle beside the label. */
  toggle: (pointer: string, schema: PropSchema, label: string) => ReactNode;
}

interface FormProps {
  schema: PropSchema;
  value: Readonly<Record<string, unknown>>;
  onChange: (name: string, value: unknown, typing: boolean) => void;
  disabled?: boolean;
  /** Shows only properties whose name, label or help has these words; advanced ones as well. */
  search?: string;
  bindings?: BindingSlots;
  /** Unit of the input a property belongs to (`x-ui.unit_of`). */
  unitOf?: (input: string) => string;
  /** Names of the properties that are shown; all if not given (several elements are selected). */
  only?: ReadonlySet<string>;
}

/** The words a property is found by. */
function searchText({ name, schema }: NamedProp): string {
  const hints = schema["x-ui"];
  return [
    name,
    schema.description ?? "",
    ...Object.values(hints?.label ?? {}),
    ...Object.values(hints?.help ?? {}),
  ]
    .join(" ")
    .toLowerCase();
}

/** A form made of a schema alone: groups, basic and advanced, conditions, problems, resets. */
export function SchemaForm(props: FormProps) {
  const { schema, value, search = "", only } = props;
  const t = useFormTexts();
  const problems = useMemo(() => {
    const found = problemsOf(schema, value, t);
    return (name: string) =>
      found.find(({ path }) => path === `/${name}` || path.startsWith(`/${name}/`))?.message;
  }, [schema, value, t]);
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = useMemo(() => orderedProps(schema), [schema]).filter(
    (prop) =>
      (!only || only.has(prop.name)) &&
      conditionHolds(prop.schema["x-ui"]?.visible_when, value, schema) &&
      words.every((word) => searchText(prop).includes(word)),
  );
  const groups = [...new Set(shown.map((prop) => prop.group))];
  return (
    <div className={css.form}>
      {groups.map((group) => (
        <Group
          key={group}
          name={group}
          titled={groups.length > 1}
          entries={shown.filter((prop) => prop.group === group)}
          searching={words.length > 0}
          problemOf={problems}
          form={props}
        />
      ))}
    </div>
  );
}

interface GroupProps {
  name: string;
  titled: boolean;
  entries: NamedProp[];
  searching: boolean;
  problemOf: (name: string) => string | undefined;
  form: FormProps;
}

function Group({ name, titled, entries, searching, problemOf, form }: GroupProps) {
  const t = useFormTexts();
  const basic = entries.filter((entry) => searching || !entry.advanced);
  const advanced = entries.filter((entry) => !searching && entry.advanced);
  const row = (entry: NamedProp) => (
    <Row key={entry.name} entry={entry} problem={problemOf(entry.name)} form={form} />
  );
  return (
    <div className={css.group}>
      {titled ? <h4 className={css.groupName}>{t(`group.${name}` as FormText) ?? name}</h4> : null}
      {basic.map(row)}
      {advanced.length > 0 ? <Advanced>{advanced.map(row)}</Advanced> : null}
    </div>
  );
}

function Row({ entry, problem, form }: { entry: NamedProp; problem: string | undefined; form: FormProps }) {
  const { language } = useLocale();
  const id = useId();
  const { name, schema } = entry;
  const hints = schema["x-ui"];
  const pointer = `/${name}`;
  const label = localText(hints?.label, language) || name;
  const slots = bindable(schema) ? form.bindings : undefined;
  const instead = slots?.bound(pointer, schema, label) ?? undefined;
  return (
    <Field
      editor={ValueEditor}
      id={id}
      label={name}
      pointer={pointer}
      schema={schema}
      value={form.value[name]}
      problem={instead ? undefined : problem}
      required={form.schema.required?.includes(name)}
      disabled={form.disabled || !conditionHolds(hints?.enabled_when, form.value, form.schema)}
      unit={hints?.unit_of ? form.unitOf?.(hints.unit_of) : undefined}
      instead={instead}
      actions={slots?.toggle(pointer, schema, label)}
      onChange={(value, typing) => form.onChange(name, value, typing ?? false)}
    />
  );
}
