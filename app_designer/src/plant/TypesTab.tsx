import { IconField } from "@forms/fields/PickFields";
import { TextField } from "@forms/fields/TextField";
import { freeId } from "@forms/ids";
import { SchemaForm } from "@forms/SchemaForm";
import { Button, Icon, localText, Notice, useLocale } from "@sdk";
import { useId, useMemo, useState } from "react";
import type { AssetType, SignalRole } from "../generated/documents.gen";
import css from "./plant.module.css";
import { ROLE_SCHEMA } from "./role_schema";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";
import { useAction } from "./use_action";
import { ValueTexts } from "./ValueTexts";
import { withoutNulls } from "./value_rows";

/** Kinds of machines and their roles. */
export function TypesTab(props: TabProps) {
  const { plant, plantApi, reload } = props;
  const { language } = useLocale();
  const t = usePlantTexts();
  const [chosen, setChosen] = useState<string | null>(plant.types[0]?.id ?? null);
  const { busy, problem, run } = useAction();
  const type = plant.types.find((one) => one.id === chosen);
  const add = () =>
    run(async () => {
      const id = freeId("type", new Set(plant.types.map((one) => one.id)));
      await plantApi.putType({ id, name: { en: "New type", "zh-CN": "新类型" }, roles: [] });
      await reload();
      setChosen(id);
    });
  const used = (id: string) => plant.assets.filter((asset) => asset.type === id).length;
  return (
    <div className={css.split}>
      <section className={css.panel} aria-label={t("types")}>
        <div className={css.panelHead}>
          <Button onClick={() => void add()} disabled={busy}>
            <Icon name="plus" size={16} />
            {t("type.add")}
          </Button>
        </div>
        {problem ? <p className={css.problem}>{problem}</p> : null}
        <ul className={css.tree}>
          {plant.types.map((one) => (
            <li key={one.id}>
              <button
                type="button"
                className={css.treeRow}
                aria-current={one.id === chosen}
                onClick={() => setChosen(one.id)}
              >
                <span className={css.names}>
                  <span className="truncate">{localText(one.name, language)}</span>
                  <span
                    className={`${css.hint} truncate`}
                  >{`${t("type.role_count", { n: String(one.roles?.length ?? 0) })} · ${t("type.used", { n: String(used(one.id)) })}`}</span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      <section className={css.panel} aria-label={t("types")}>
        {type ? (
          <TypeForm
            key={type.id}
            type={type}
            used={used(type.id)}
            {...props}
            onGone={() => setChosen(null)}
          />
        ) : (
          <Notice icon="apps" title={t("type.choose")} />
        )}
      </section>
    </div>
  );
}

interface FormProps extends TabProps {
  type: AssetType;
  used: number;
  onGone: () => void;
}

function TypeForm({ type, used, plantApi, reload, tell, onGone }: FormProps) {
  const t = usePlantTexts();
  const id = useId();
  const [edited, setEdited] = useState(type);
  const { busy, problem, run } = useAction();
  const changed = edited !== type;
  const roles = edited.roles ?? [];
  const setRole = (index: number, role: SignalRole | null) =>
    setEdited({
      ...edited,
      roles: role
        ? roles.map((old, at) => (at === index ? role : old))
        : roles.filter((_, at) => at !== index),
    });
  const save = () =>
    run(async () => {
      await plantApi.putType(edited);
      await reload();
      tell(t("saved"));
    });
  const remove = () =>
    run(async () => {
      await plantApi.deleteType(type.id);
      onGone();
      await reload();
    });
  const addRole = () => {
    const role = freeId("role", new Set(roles.map((one) => one.role)));
    setEdited({ ...edited, roles: [...roles, { role, label: { en: "New role", "zh-CN": "新角色" } }] });
  };
  return (
    <div className={css.form}>
      <div className={css.bar}>
        <Button look="primary" disabled={busy || !changed} onClick={() => void save()}>
          {t("save")}
        </Button>
        <span className={css.hint}>{changed ? t("unsaved") : ""}</span>
        <span className={css.gap} />
        {used === 0 ? (
          <Button look="quiet" disabled={busy} onClick={() => void remove()}>
            {t("type.delete")}
          </Button>
        ) : null}
      </div>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      <p className={css.hint}>{t("type.hint")}</p>
      <label className={css.field} htmlFor={`${id}name`}>
        {t("type.name")}
      </label>
      <TextField
        id={`${id}name`}
        label={t("type.name")}
        schema={{ $ref: "interlock:types#/text" }}
        value={edited.name}
        onChange={(name) =>
          name !== undefined && setEdited({ ...edited, name: name as Record<string, string> })
        }
      />
      <label className={css.field} htmlFor={`${id}icon`}>
        {t("type.icon")}
      </label>
      <IconField
        id={`${id}icon`}
        label={t("type.icon")}
        schema={{}}
        value={edited.icon}
        onChange={(icon) => setEdited({ ...edited, icon: String(icon ?? "") })}
      />
      <h2 className={css.subhead}>{t("type.roles")}</h2>
      {roles.map((role, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the id of a role changes while it is typed.
        <RoleForm key={index} role={role} onChange={(next) => setRole(index, next)} />
      ))}
      <Button onClick={addRole}>
        <Icon name="plus" size={16} />
        {t("type.role_add")}
      </Button>
    </div>
  );
}

function RoleForm({ role, onChange }: { role: SignalRole; onChange: (role: SignalRole | null) => void }) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const [open, setOpen] = useState(false);
  const name = localText(role.label, language) || role.role;
  const shown = useMemo(() => withoutNulls(role) as Record<string, unknown>, [role]);
  const set = (member: string, value: unknown) => {
    const { [member as keyof SignalRole]: _, ...rest } = role;
    onChange((value === undefined ? rest : { ...rest, [member]: value }) as SignalRole);
  };
  return (
    <fieldset className={css.role}>
      <legend className="visually-hidden">{t("type.role", { name })}</legend>
      <div className={css.roleHead}>
        <button type="button" className={css.roleName} aria-expanded={open} onClick={() => setOpen(!open)}>
          <span className={css.twist} data-open={open}>
            <Icon name="chevron" size={14} />
          </span>
          <span className={css.names}>
            <span className="truncate">{name}</span>
            <span className={`${css.hint} truncate`}>
              {[role.role, role.unit].filter(Boolean).join(" · ")}
            </span>
          </span>
        </button>
        <button
          type="button"
          className={css.small}
          aria-label={`${t("asset.delete")}: ${name}`}
          title={t("asset.delete")}
          onClick={() => onChange(null)}
        >
          <Icon name="trash" size={16} />
        </button>
      </div>
      {open ? (
        <div className={css.roleBody}>
          <SchemaForm schema={ROLE_SCHEMA} value={shown} onChange={set} />
          <ValueTexts role={role} onChange={onChange} />
        </div>
      ) : null}
    </fieldset>
  );
}
