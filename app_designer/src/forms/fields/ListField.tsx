import { Icon, localText, useLocale } from "@sdk";
import { useState } from "react";
import type { FieldProps } from "../field_props";
import css from "../forms.module.css";
import listCss from "../list.module.css";
import { hasGivenId, newEntry, withEntry } from "../new_entry";
import { inlined, type PropSchema, summaryText } from "../schema";
import { useFormTexts } from "../texts";
import { useMembers } from "./ChoiceFields";

/** The list with one entry moved, left out or added: pure, so that order and content are tested apart. */
export const moved = <T,>(list: readonly T[], from: number, to: number): T[] => {
  const out = [...list];
  const [entry] = out.splice(from, 1);
  if (entry !== undefined) out.splice(Math.max(0, Math.min(out.length, to)), 0, entry);
  return out;
};

const listOf = (field: FieldProps): unknown[] => {
  const value = field.value ?? inlined(field.schema).default;
  return Array.isArray(value) ? value : [];
};

/** A list: entries are added, removed and put in order by buttons or Alt with the arrow keys. */
export function ListField(field: FieldProps) {
  const t = useFormTexts();
  const [added, setAdded] = useState<number | null>(null);
  const schema = inlined(field.schema);
  const items = schema.items ?? {};
  const list = listOf(field);
  const members = useMembers({
    ...items,
    "x-ui": { ...items["x-ui"], options: field.schema["x-ui"]?.options ?? items["x-ui"]?.options ?? {} },
  });
  if (inlined(items).enum && schema.uniqueItems) return <MembersField {...field} />;
  const full = schema.maxItems !== undefined && list.length >= schema.maxItems;
  const few = list.length <= (schema.minItems ?? 0);
  const put = (next: unknown[], typing = false) =>
    field.onChange(next.length === 0 && !schema.minItems ? undefined : next, typing);
  return (
    <div className={css.list} id={field.id}>
      {list.length === 0 ? <p className={css.help}>{t("list.empty")}</p> : null}
      <ol className={listCss.entries}>
        {list.map((entry, index) => (
          <Entry
            // biome-ignore lint/suspicious/noArrayIndexKey: entries have no identity but their place.
            key={index}
            field={field}
            items={items}
            entry={entry}
            index={index}
            count={list.length}
            removable={!few}
            startOpen={index === added}
            onChange={(value, typing) => put(withEntry(list, index, value), typing)}
            onMove={(to) => put(moved(list, index, to))}
            onRemove={() => put(list.filter((_, at) => at !== index))}
          />
        ))}
      </ol>
      <button
        type="button"
        className={css.add}
        disabled={full || field.disabled}
        title={full ? t("list.full", { n: String(schema.maxItems) }) : undefined}
        aria-label={t("entry_add", { name: field.label })}
        onClick={() => {
          setAdded(list.length);
          put([...list, members[0] ? members[0].value : newEntry(items, list)]);
        }}
      >
        <Icon name="plus" size={16} />
        {t("add")}
      </button>
    </div>
  );
}

interface EntryProps {
  field: FieldProps;
  items: PropSchema;
  entry: unknown;
  index: number;
  count: number;
  removable: boolean;
  /** What was just added is filled in next. */
  startOpen: boolean;
  onChange: (value: unknown, typing?: boolean) => void;
  onMove: (to: number) => void;
  onRemove: () => void;
}

function Entry(props: EntryProps) {
  const { field, items, entry, index, onMove } = props;
  const { language } = useLocale();
  const t = useFormTexts();
  const Nested = field.nested ?? Nothing;
  const plain = inlined(items);
  const whole = plain.type === "object" || plain.oneOf !== undefined;
  const [open, setOpen] = useState(props.startOpen);
  const place = t("entry", { n: String(index + 1) });
  const summary = summaryText(entry);
  const said = typeof summary === "string" ? summary : localText(summary, language);
  const given = hasGivenId(entry) && said === (entry as { id?: string }).id;
  const name = given ? place : said || place;
  const press = (event: React.KeyboardEvent) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
    event.preventDefault();
    onMove(index + (event.key === "ArrowUp" ? -1 : 1));
  };
  return (
    <li className={listCss.entry} onKeyDown={press}>
      <div className={listCss.entryHead}>
        {whole ? (
          <button
            type="button"
            className={listCss.entryName}
            aria-expanded={open}
            onClick={() => setOpen(!open)}
          >
            <span className={css.twist} data-open={open}>
              <Icon name="chevron" size={14} />
            </span>
            <span className={listCss.entryText}>{name}</span>
          </button>
        ) : (
          <Nested
            {...field}
            id={`${field.id}_${index}`}
            label={`${field.label} ${place}`}
            schema={items}
            value={entry}
            depth={(field.depth ?? 0) + 1}
            onChange={props.onChange}
          />
        )}
        <EntryButtons {...props} name={name} />
      </div>
      {whole && open ? (
        <div className={listCss.inner}>
          <Nested
            {...field}
            id={`${field.id}_${index}`}
            label={`${field.label} ${place}`}
            schema={items}
            value={entry}
            depth={(field.depth ?? 0) + 1}
            onChange={props.onChange}
          />
        </div>
      ) : null}
    </li>
  );
}

const Nothing = () => null;

function EntryButtons({
  index,
  count,
  removable,
  onMove,
  onRemove,
  name,
  field,
}: EntryProps & { name: string }) {
  const t = useFormTexts();
  return (
    <span className={listCss.entryButtons}>
      <button
        type="button"
        className={css.small}
        disabled={index === 0 || field.disabled}
        aria-label={`${t("up")}: ${name}`}
        title={t("up")}
        onClick={() => onMove(index - 1)}
      >
        <Icon name="up" size={14} />
      </button>
      <button
        type="button"
        className={css.small}
        disabled={index === count - 1 || field.disabled}
        aria-label={`${t("down")}: ${name}`}
        title={t("down")}
        onClick={() => onMove(index + 1)}
      >
        <Icon name="down" size={14} />
      </button>
      <button
        type="button"
        className={css.small}
        disabled={!removable || field.disabled}
        aria-label={t("entry_remove", { name })}
        title={t("entry_remove", { name })}
        onClick={onRemove}
      >
        <Icon name="trash" size={14} />
      </button>
    </span>
  );
}

/** Some of several fixed members, in an order of one's own: a check and two arrows each. */
function MembersField(field: FieldProps) {
  const t = useFormTexts();
  const schema = inlined(field.schema);
  const items = schema.items ?? {};
  const options = field.schema["x-ui"]?.options ?? items["x-ui"]?.options ?? {};
  const members = useMembers({ ...items, "x-ui": { ...items["x-ui"], options } });
  const list = listOf(field);
  const rest = members.filter((member) => !list.includes(member.value));
  const labelOf = (value: unknown) =>
    members.find((member) => member.value === value)?.label ?? String(value);
  const rows = [...list, ...rest.map((member) => member.value)];
  return (
    <ul className={listCss.entries} id={field.id}>
      {rows.map((value, index) => {
        const on = index < list.length;
        const last = on && list.length <= (schema.minItems ?? 0);
        return (
          <li key={String(value)} className={listCss.entryHead}>
            <label className={listCss.check}>
              <input
                type="checkbox"
                checked={on}
                disabled={last || field.disabled}
                onChange={() => field.onChange(on ? list.filter((one) => one !== value) : [...list, value])}
              />
              <span className="truncate">{labelOf(value)}</span>
            </label>
            <span className={listCss.entryButtons}>
              <button
                type="button"
                className={css.small}
                disabled={!on || index === 0}
                aria-label={`${t("up")}: ${labelOf(value)}`}
                onClick={() => field.onChange(moved(list, index, index - 1))}
              >
                <Icon name="up" size={14} />
              </button>
              <button
                type="button"
                className={css.small}
                disabled={!on || index >= list.length - 1}
                aria-label={`${t("down")}: ${labelOf(value)}`}
                onClick={() => field.onChange(moved(list, index, index + 1))}
              >
                <Icon name="down" size={14} />
              </button>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
