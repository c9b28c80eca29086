import { Combobox } from "@forms/Combobox";
import { Popover } from "@forms/Popover";
import { Icon, localText, useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { useMemo, useState } from "react";
import { useWorkbench } from "../frame/workbench";
import { useChange } from "../inspector/edit";
import { documentOf, elementsOf } from "../model/canvas_key";
import type { Draft, Plant } from "../model/contract";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { elementName, useManifests } from "../pickers/manifests";
import pickers from "../pickers/pickers.module.css";
import css from "./data.module.css";
import { type DataText, useDataTexts } from "./texts";
import { replaceChanges, type Use, type UseQuery, usesOf } from "./usage";
import { type OutsideUse, outsideChanges, outsideUsesOf } from "./usage_outside";

type Kind = UseQuery["kind"];
const KINDS: readonly Kind[] = ["role", "asset", "param", "state"];

/** The query for a kind and an id; null without an id. */
function queryOf(kind: Kind, id: string | null): UseQuery | null {
  if (!id) return null;
  if (kind === "role") return { kind, role: id };
  if (kind === "asset") return { kind, asset: id };
  return kind === "param" ? { kind, param: id } : { kind, state: id };
}

/** Everything of a kind that may be looked for or put in its place. */
function choicesOf(
  kind: Kind,
  draft: Draft,
  plant: Plant,
  language: "en" | "zh-CN",
): { value: string; label: string; hint: string }[] {
  if (kind === "asset")
    return plant.assets.map((asset) => ({
      value: asset.id,
      label: assetName(asset, asset.id, language),
      hint: asset.id,
    }));
  const names = new Map<string, string>();
  const pages = Object.values(draft.pages);
  if (kind === "role") {
    for (const need of draft.app.roles ?? []) names.set(need.role, need.role);
    for (const type of plant.types)
      for (const spec of type.roles ?? []) names.set(spec.role, localText(spec.label, language));
    for (const row of plant.roles) if (!names.has(row.role)) names.set(row.role, row.role);
  } else if (kind === "param") {
    for (const page of [draft.app, ...pages])
      for (const [name, param] of Object.entries(page.params ?? {}))
        names.set(name, localText(param.label, language) || name);
  } else {
    for (const page of [draft.app, ...pages])
      for (const name of Object.keys(page.state ?? {})) names.set(name, name);
  }
  return [...names].map(([value, label]) => ({ value, label, hint: value }));
}

/** Where a role, machine, parameter or state is used in the whole app; another may be put in its place at once. */
export function WhereUsed({ onClose, start }: { onClose: () => void; start?: { kind: Kind; id: string } }) {
  const t = useDataTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const change = useChange();
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const [kind, setKind] = useState<Kind>(start?.kind ?? "role");
  const [id, setId] = useState<string | null>(start?.id ?? null);
  const [to, setTo] = useState<string | null>(null);
  const query = queryOf(kind, id);
  const uses = useMemo(() => (query ? usesOf(draft, query) : []), [draft, query]);
  const outside = useMemo(() => (query ? outsideUsesOf(draft, query) : []), [draft, query]);
  const count = uses.length + outside.length;
  const choices = useMemo(() => choicesOf(kind, draft, plant, language), [kind, draft, plant, language]);
  const replace = () => {
    if (!query || !id || !to) return;
    const { draft } = store.getState();
    change(t("replaced", { from: id, to }), [
      ...replaceChanges(draft, query, to),
      ...outsideChanges(draft, query, to),
    ]);
    setId(to);
    setTo(null);
  };
  return (
    <Popover anchor={null} title={t("title")} closeLabel={t("close")} onClose={onClose} width={520}>
      <div className={`${pickers.body} ${pickers.pane}`}>
        <div className={pickers.line}>
          <label className={pickers.labelled}>
            {t("kind")}
            <select
              className={pickers.input}
              data-autofocus="true"
              value={kind}
              onChange={(event) => {
                setKind(event.target.value as Kind);
                setId(null);
              }}
            >
              {KINDS.map((one) => (
                <option key={one} value={one}>
                  {t(`find.${one}` satisfies DataText)}
                </option>
              ))}
            </select>
          </label>
          <div className={pickers.labelled}>
            {t("which")}
            <Combobox label={t("which")} choices={choices} value={id} onChange={setId} />
          </div>
        </div>
        {query ? (
          <p className={pickers.paneText}>{count > 0 ? t("found", { n: String(count) }) : t("not_used")}</p>
        ) : null}
        <ul className={css.uses}>
          {uses.map((use) => (
            <UseRow key={`${use.canvas}${use.element}${use.part}${use.name}`} use={use} onClose={onClose} />
          ))}
          {outside.map((use) => (
            <OutsideRow key={`${use.holder}${use.id}`} use={use} onClose={onClose} />
          ))}
        </ul>
        {count > 0 ? (
          <div className={pickers.line}>
            <div className={pickers.labelled}>
              {t("replace_by")}
              <Combobox
                label={t("replace_by")}
                choices={choices.filter((choice) => choice.value !== id)}
                value={to}
                onChange={setTo}
              />
            </div>
            <button
              type="button"
              className={pickers.action}
              data-primary="true"
              disabled={!to}
              onClick={replace}
            >
              {t("apply", { n: String(count) })}
            </button>
          </div>
        ) : null}
      </div>
    </Popover>
  );
}

function UseRow({ use, onClose }: { use: Use; onClose: () => void }) {
  const t = useDataTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const manifests = useManifests();
  const { draft } = store.getState();
  const holder = documentOf(draft, use.canvas);
  const element = elementsOf(draft, use.canvas)[use.element];
  const page = localText(holder && "title" in holder ? holder.title : holder?.name, language);
  const name = element ? elementName(element, draft, manifests, language) : use.element;
  const show = () => {
    store.open(use.canvas);
    store.select([use.element]);
    onClose();
  };
  return <Row name={name} hint={`${page} · ${use.name || t("settings")}`} show={show} />;
}

/** A test opens the check, a stop of the rotation the pages. */
function OutsideRow({ use: { holder, id }, onClose }: { use: OutsideUse; onClose: () => void }) {
  const t = useDataTexts();
  const { language } = useLocale();
  const { openPanel, showLeft } = useWorkbench();
  const { tests, pages } = useDesignerStore().getState().draft;
  const name = holder === "test" ? (tests[id]?.name ?? id) : localText(pages[id]?.title, language) || id;
  const show = () => {
    if (holder === "test") openPanel("lint");
    else showLeft("pages");
    onClose();
  };
  return <Row name={name} hint={t(holder)} show={show} />;
}

function Row({ name, hint, show }: { name: string; hint: string; show: () => void }) {
  const t = useDataTexts();
  return (
    <li className={css.use}>
      <span className={pickers.names}>
        <span className="truncate">{name}</span>
        <span className={`${pickers.hint} truncate`}>{hint}</span>
      </span>
      <button type="button" className={pickers.action} onClick={show}>
        <Icon name="target" size={14} />
        {t("go")}
      </button>
    </li>
  );
}
