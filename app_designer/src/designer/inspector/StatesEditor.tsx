import { freeId } from "@forms/ids";
import { Icon } from "@sdk";
import type { PageDocument, StateSpec } from "../../generated/documents.gen";
import { renameState, usesOf } from "../data/usage";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { usePickerTexts } from "../pickers/texts";
import { useChange } from "./edit";
import { IdInput } from "./IdInput";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

/** The states of a page: what the app remembers while it is open. */
export function StatesEditor({ page }: { page: PageDocument }) {
  const t = useInspectorTexts();
  const change = useChange();
  const states = Object.entries(page.state ?? {});
  const label = t("change.page", { name: t("page.states") });
  const set = (name: string, spec: StateSpec | undefined, typing = false) =>
    change(
      label,
      [{ path: ["pages", page.id, "state", name], value: spec }],
      typing ? `${page.id}:state:${name}` : undefined,
    );
  return (
    <div className={css.list}>
      <p className={css.note}>{t("page.states_hint")}</p>
      {states.map(([name, spec]) => (
        <StateFields
          key={name}
          page={page}
          name={name}
          spec={spec}
          onChange={(next, typing) => set(name, next, typing)}
          onRemove={() => set(name, undefined)}
        />
      ))}
      <button
        type="button"
        className={css.add}
        onClick={() => set(freeId("state", new Set(Object.keys(page.state ?? {}))), { type: "text" })}
      >
        <Icon name="plus" size={14} />
        {t("page.state_add")}
      </button>
    </div>
  );
}

interface FieldsProps {
  page: PageDocument;
  name: string;
  spec: StateSpec;
  onChange: (spec: StateSpec, typing?: boolean) => void;
  onRemove: () => void;
}

function StateFields({ page, name, spec, onChange, onRemove }: FieldsProps) {
  const t = useInspectorTexts();
  const types = usePickerTexts();
  const store = useDesignerStore();
  const change = useChange();
  const used = useDesigner(
    (state) => usesOf(state.draft, { kind: "state", state: name, canvas: page.id }).length,
  );
  const rename = (to: string) =>
    change(t("change.page", { name }), renameState(store.getState().draft, page.id, name, to));
  return (
    <fieldset className={css.action}>
      <legend className="visually-hidden">{name}</legend>
      <div className={css.actionHead}>
        <strong className="truncate">{name}</strong>
        <button
          type="button"
          className={css.tiny}
          aria-label={t("page.state_remove", { name })}
          title={t("page.state_remove", { name })}
          onClick={onRemove}
        >
          <Icon name="trash" size={14} />
        </button>
      </div>
      <IdInput label={t("name")} value={name} taken={Object.keys(page.state ?? {})} onRename={rename} />
      <label className={css.field}>
        <span className={css.label}>{t("page.param_type")}</span>
        <select
          className={css.input}
          value={spec.type}
          onChange={(event) => onChange({ type: event.target.value as StateSpec["type"] })}
        >
          {(["number", "text", "boolean"] as const).map((type) => (
            <option key={type} value={type}>
              {types(`state_type.${type}`)}
            </option>
          ))}
        </select>
      </label>
      <div className={css.field}>
        <span className={css.label}>{t("page.state_default")}</span>
        <FirstValue spec={spec} onChange={onChange} label={t("page.state_default")} />
      </div>
      {used > 0 ? <p className={css.note}>{t("page.param_used", { n: String(used) })}</p> : null}
    </fieldset>
  );
}

function FirstValue({ spec, onChange, label }: Pick<FieldsProps, "spec" | "onChange"> & { label: string }) {
  const t = useInspectorTexts();
  if (spec.type === "boolean") {
    return (
      <select
        className={css.input}
        aria-label={label}
        value={String(spec.default ?? false)}
        onChange={(event) => onChange({ ...spec, default: event.target.value === "true" })}
      >
        <option value="false">{t("page.value_no")}</option>
        <option value="true">{t("page.value_yes")}</option>
      </select>
    );
  }
  const number = spec.type === "number";
  const value = spec.default === null || spec.default === undefined ? "" : String(spec.default);
  return (
    <input
      className={css.input}
      aria-label={label}
      type={number ? "number" : "text"}
      step="any"
      value={value}
      onChange={(event) => {
        const { value: text } = event.target;
        onChange({ ...spec, default: text === "" ? null : number ? Number(text) : text }, true);
      }}
    />
  );
}
