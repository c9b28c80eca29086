import { Combobox } from "@forms/Combobox";
import { freeId, idFrom } from "@forms/ids";
import { useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { Tag } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { localText } from "@sdk/i18n/catalogue";
import { useState } from "react";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { type Mapping, proposedMapping, saveMapping } from "./mapping";
import css from "./pickers.module.css";
import { indexOf, roleLabel } from "./plant_index";
import { usePickerTexts } from "./texts";

interface MapProps {
  tag: Tag;
  onMapped: (asset: string, role: string) => void;
}

/** Gives a tag its asset and role, so that apps can find it; both may be made here. */
export function MapTag({ tag, onMapped }: MapProps) {
  const t = usePickerTexts();
  const { t: shared } = useLocale();
  const { api } = useServices();
  const store = useDesignerStore();
  const plant = useDesigner((state) => state.plant);
  const [mapping, setMapping] = useState<Mapping>(() => proposedMapping(tag, plant));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const save = async () => {
    setBusy(true);
    setProblem("");
    try {
      await saveMapping(api, tag, mapping);
      await store.reloadPlant();
      onMapped(mapping.asset, mapping.role);
    } catch (error) {
      setProblem(describeError(error, shared));
      setBusy(false);
    }
  };
  return (
    <div className={css.pane}>
      <strong>{t("map")}</strong>
      <p className={css.paneText}>{t("map_hint")}</p>
      <AssetChoice mapping={mapping} onChange={setMapping} />
      <RoleChoice mapping={mapping} onChange={setMapping} />
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      <button
        type="button"
        className={css.action}
        data-primary="true"
        data-autofocus="true"
        disabled={busy}
        onClick={() => void save()}
      >
        {t("map_save")}
      </button>
    </div>
  );
}

interface ChoiceProps {
  mapping: Mapping;
  onChange: (mapping: Mapping) => void;
}

function AssetChoice({ mapping, onChange }: ChoiceProps) {
  const t = usePickerTexts();
  const { language } = useLocale();
  const plant = useDesigner((state) => state.plant);
  const known = plant.assets.map((asset) => ({
    value: asset.id,
    label: assetName(asset, asset.id, language),
    hint: asset.id,
  }));
  const made =
    mapping.newAssetName === null
      ? []
      : [{ value: mapping.asset, label: t("asset_new", { name: mapping.newAssetName }) }];
  return (
    <div className={css.labelled}>
      <span>{t("asset")}</span>
      <Combobox
        label={t("asset")}
        clearable={false}
        choices={[...made, ...known]}
        value={mapping.asset}
        onChange={(asset) =>
          asset !== null &&
          onChange({
            ...mapping,
            asset,
            newAssetName: plant.assets.some((one) => one.id === asset) ? null : asset,
          })
        }
        onNew={(name) => {
          const taken = new Set(plant.assets.map((asset) => asset.id));
          onChange({ ...mapping, asset: freeId(idFrom(name, "asset"), taken), newAssetName: name });
        }}
        newLabel={(name) => t("asset_new", { name })}
      />
    </div>
  );
}

function RoleChoice({ mapping, onChange }: ChoiceProps) {
  const t = usePickerTexts();
  const { language } = useLocale();
  const plant = useDesigner((state) => state.plant);
  const index = indexOf(plant);
  const here = index.rolesAt.get(mapping.asset) ?? [];
  const known = new Map(here.filter((at) => !at.tag).map((at) => [at.role, roleLabel(at, language)]));
  for (const type of plant.types)
    for (const spec of type.roles ?? [])
      if (!known.has(spec.role) && !here.some((at) => at.role === spec.role))
        known.set(spec.role, localText(spec.label, language));
  if (!known.has(mapping.role))
    known.set(mapping.role, roleLabel({ role: mapping.role, spec: null, tag: null }, language));
  return (
    <div className={css.labelled}>
      <span>{t("role")}</span>
      <Combobox
        label={t("role")}
        clearable={false}
        choices={[...known].map(([value, label]) => ({ value, label, hint: value }))}
        value={mapping.role}
        onChange={(role) => role !== null && onChange({ ...mapping, role })}
        onNew={(name) => onChange({ ...mapping, role: idFrom(name, "role") })}
        newLabel={(name) => t("role_new", { name })}
      />
    </div>
  );
}
