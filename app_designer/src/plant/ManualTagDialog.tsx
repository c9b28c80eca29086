import { Combobox } from "@forms/Combobox";
import { freeId, idFrom } from "@forms/ids";
import { Popover } from "@forms/Popover";
import { Button, useLocale } from "@sdk";
import type { Kind } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { useState } from "react";
import css from "./plant.module.css";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";
import { useAction } from "./use_action";

const KINDS = ["f", "i", "b", "s"] as const satisfies readonly Kind[];

/** A tag whose values people type, at a machine, under a role. */
export function ManualTagDialog({
  plant,
  plantApi,
  reload,
  tell,
  onClose,
}: TabProps & { onClose: () => void }) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const [asset, setAsset] = useState<string | null>(
    plant.assets.find((one) => one.level === "machine")?.id ?? plant.assets[0]?.id ?? null,
  );
  const [name, setName] = useState("");
  const [kind, setKind] = useState<(typeof KINDS)[number]>("f");
  const [unit, setUnit] = useState("");
  const { busy, problem, run } = useAction();
  const make = () =>
    run(async () => {
      if (!asset) return;
      const taken = new Set(plant.roles.filter((row) => row.asset === asset).map((row) => row.role));
      const role = freeId(idFrom(name, "manual"), taken);
      await plantApi.makeManualTag({
        asset,
        role,
        kind,
        meta: { description: name, ...(kind === "f" || kind === "i" ? { unit } : {}) },
      });
      await reload();
      tell(t("saved"));
      onClose();
    });
  return (
    <Popover anchor={null} title={t("manual.title")} closeLabel={t("close")} onClose={onClose}>
      <div className={css.dialog}>
        <p className={css.hint}>{t("manual.hint")}</p>
        <div className={css.field}>
          {t("asset")}
          <Combobox
            label={t("asset")}
            clearable={false}
            choices={plant.assets.map((one) => ({
              value: one.id,
              label: assetName(one, one.id, language),
              hint: one.id,
            }))}
            value={asset}
            onChange={setAsset}
          />
        </div>
        <label className={css.field}>
          {t("name")}
          <input
            className={css.input}
            data-autofocus="true"
            value={name}
            maxLength={120}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label className={css.field}>
          {t("manual.kind")}
          <select className={css.input} value={kind} onChange={(event) => setKind(event.target.value as "f")}>
            {KINDS.map((one) => (
              <option key={one} value={one}>
                {t(`manual.kind.${one}`)}
              </option>
            ))}
          </select>
        </label>
        {kind === "f" || kind === "i" ? (
          <label className={css.field}>
            {t("unit")}
            <input
              className={css.input}
              value={unit}
              placeholder="°C, kg, 1/min"
              maxLength={40}
              onChange={(event) => setUnit(event.target.value)}
            />
          </label>
        ) : null}
        {problem ? (
          <p className={css.problem} role="alert">
            {problem}
          </p>
        ) : null}
        <Button look="primary" disabled={busy || !asset || name.trim() === ""} onClick={() => void make()}>
          {t("manual.make")}
        </Button>
      </div>
    </Popover>
  );
}
