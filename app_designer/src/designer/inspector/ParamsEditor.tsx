import { Combobox } from "@forms/Combobox";
import { useChoices } from "@forms/choices";
import { TextField } from "@forms/fields/TextField";
import { freeId } from "@forms/ids";
import { Icon, localText, useLocale } from "@sdk";
import { useId } from "react";
import type { PageDocument, PageParam } from "../../generated/documents.gen";
import { RESERVED_PARAMS } from "../../generated/reserved_params.gen";
import { renameParam, usesOf } from "../data/usage";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useChange } from "./edit";
import { IdInput } from "./IdInput";
import css from "./inspector.module.css";
import { useInspectorTexts } from "./texts";

type Type = PageParam["type"];
const TYPES: readonly Type[] = ["asset", "text", "number"];
const LEVELS = ["site", "area", "line", "machine", "part"] as const;

/** The parameters of a page, kept in its address: which machine, which shift. */
export function ParamsEditor({ page }: { page: PageDocument }) {
  const t = useInspectorTexts();
  const change = useChange();
  const params = Object.entries(page.params ?? {});
  const label = t("change.page", { name: t("page.params") });
  const set = (name: string, param: PageParam | undefined, typing = false) =>
    change(
      label,
      [{ path: ["pages", page.id, "params", name], value: param }],
      typing ? `${page.id}:param:${name}` : undefined,
    );
  const add = () => {
    const first = params.length === 0;
    const name = freeId(first ? "machine" : "param", new Set(Object.keys(page.params ?? {})));
    set(name, first ? { type: "asset", label: { en: "Machine", "zh-CN": "设备" } } : { type: "text" });
  };
  return (
    <div className={css.list}>
      <p className={css.note}>{t("page.params_hint")}</p>
      {params.map(([name, param]) => (
        <ParamFields
          key={name}
          page={page}
          name={name}
          param={param}
          onChange={(next, typing) => set(name, next, typing)}
          onRemove={() => set(name, undefined)}
        />
      ))}
      <button type="button" className={css.add} onClick={add}>
        <Icon name="plus" size={14} />
        {t("page.param_add")}
      </button>
    </div>
  );
}

interface FieldsProps {
  page: PageDocument;
  name: string;
  param: PageParam;
  onChange: (param: PageParam, typing?: boolean) => void;
  onRemove: () => void;
}

function ParamFields({ page, name, param, onChange, onRemove }: FieldsProps) {
  const { language } = useLocale();
  const t = useInspectorTexts();
  const id = useId();
  const store = useDesignerStore();
  const change = useChange();
  const used = useDesigner(
    (state) => usesOf(state.draft, { kind: "param", param: name, canvas: page.id }).length,
  );
  const title = localText(param.label, language) || name;
  const rename = (to: string) =>
    change(t("change.page", { name: title }), renameParam(store.getState().draft, page.id, name, to));
  return (
    <fieldset className={css.action}>
      <legend className="visually-hidden">{title}</legend>
      <div className={css.actionHead}>
        <strong className="truncate">{title}</strong>
        <button
          type="button"
          className={css.tiny}
          aria-label={t("page.param_remove", { name: title })}
          title={
            used > 0 ? t("page.param_used", { n: String(used) }) : t("page.param_remove", { name: title })
          }
          onClick={onRemove}
        >
          <Icon name="trash" size={14} />
        </button>
      </div>
      <label className={css.label} htmlFor={`${id}label`}>
        {t("page.param_label")}
      </label>
      <TextField
        id={`${id}label`}
        label={t("page.param_label")}
        schema={{ $ref: "interlock:types#/text" }}
        value={param.label ?? undefined}
        onChange={(value, typing) =>
          onChange({ ...param, label: (value as Record<string, string> | undefined) ?? null }, typing)
        }
      />
      <label className={css.field}>
        <span className={css.label}>{t("page.param_type")}</span>
        <select
          className={css.input}
          value={param.type}
          onChange={(event) => onChange(typed(param, event.target.value as Type))}
        >
          {TYPES.map((type) => (
            <option key={type} value={type}>
              {t(`page.param_type.${type}`)}
            </option>
          ))}
        </select>
      </label>
      {param.type === "asset" ? (
        <AssetParam param={param} onChange={onChange} />
      ) : (
        <PlainParam param={param} onChange={onChange} />
      )}
      <IdInput
        label={t("page.param_id")}
        value={name}
        taken={Object.keys(page.params ?? {})}
        reserved={{ names: RESERVED_PARAMS, hint: t("page.param_reserved") }}
        onRename={rename}
      />
      {used > 0 ? <p className={css.note}>{t("page.param_used", { n: String(used) })}</p> : null}
    </fieldset>
  );
}

/** The parameter with another type: what belongs to the old one goes. */
function typed({ label }: PageParam, type: Type): PageParam {
  return label ? { type, label } : { type };
}

function AssetParam({ param, onChange }: Pick<FieldsProps, "param" | "onChange">) {
  const t = useInspectorTexts();
  const { assetTypes, assets } = useChoices();
  return (
    <>
      <div className={css.field}>
        <span className={css.label}>{t("page.param_asset_type")}</span>
        <Combobox
          label={t("page.param_asset_type")}
          placeholder={t("page.param_any")}
          choices={assetTypes}
          value={param.asset_type ?? null}
          onChange={(asset_type) => onChange({ ...param, asset_type })}
        />
      </div>
      <label className={css.field}>
        <span className={css.label}>{t("page.param_level")}</span>
        <select
          className={css.input}
          value={param.level ?? ""}
          onChange={(event) =>
            onChange({
              ...param,
              level: event.target.value === "" ? null : (event.target.value as "machine"),
            })
          }
        >
          <option value="">{t("page.param_any")}</option>
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {level}
            </option>
          ))}
        </select>
      </label>
      <div className={css.field}>
        <span className={css.label}>{t("page.param_default")}</span>
        <Combobox
          label={t("page.param_default")}
          placeholder={t("page.param_any")}
          choices={assets}
          value={typeof param.default === "string" ? param.default : null}
          onChange={(value) => onChange({ ...param, default: value })}
        />
      </div>
    </>
  );
}

function PlainParam({ param, onChange }: Pick<FieldsProps, "param" | "onChange">) {
  const t = useInspectorTexts();
  const number = param.type === "number";
  const first = (text: string) => (text === "" ? null : number ? Number(text) : text);
  return (
    <>
      <label className={css.field}>
        <span className={css.label}>{t("page.param_default")}</span>
        <input
          className={css.input}
          type={number ? "number" : "text"}
          value={param.default ?? ""}
          onChange={(event) => onChange({ ...param, default: first(event.target.value) }, true)}
        />
      </label>
      <label className={css.field}>
        <span className={css.label}>{t("page.param_options")}</span>
        <textarea
          className={css.input}
          rows={3}
          value={(param.options ?? []).join("\n")}
          onChange={(event) =>
            onChange(
              {
                ...param,
                options: event.target.value === "" ? [] : event.target.value.split("\n").slice(0, 500),
              },
              true,
            )
          }
        />
      </label>
    </>
  );
}
