import { Combobox } from "@forms/Combobox";
import { freeId } from "@forms/ids";
import { Button, Icon, localText, Notice, useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { useState } from "react";
import type { Asset } from "../generated/documents.gen";
import css from "./plant.module.css";
import type { PlantData } from "./plant_data";
import type { TabProps } from "./tab_props";
import { usePlantTexts } from "./texts";
import { useAction } from "./use_action";

const LEVELS = ["site", "area", "line", "machine", "part"] as const;
type Level = (typeof LEVELS)[number];
const ROLES = ["viewer", "operator", "builder", "admin"] as const;

/** What is usually inside what. */
const BELOW: Record<Level, Level> = {
  site: "area",
  area: "line",
  line: "machine",
  machine: "part",
  part: "part",
};

/** The plant as a tree; what is chosen is changed beside it. */
export function AssetsTab(props: TabProps) {
  const t = usePlantTexts();
  const { plant, plantApi, reload } = props;
  const [chosen, setChosen] = useState<string | null>(plant.assets[0]?.id ?? null);
  const { busy, problem, run } = useAction();
  const asset = plant.assets.find((one) => one.id === chosen);
  const add = (parent: Asset | null) =>
    run(async () => {
      const level = parent ? BELOW[parent.level ?? "machine"] : plant.assets.length === 0 ? "site" : "line";
      const name = t("asset.new", { level: t(`level.${level}`) });
      const id = freeId(
        `${level}_${plant.assets.filter((one) => one.level === level).length + 1}`,
        new Set(plant.assets.map((one) => one.id)),
      );
      await plantApi.putAsset({ id, name, level, parent: parent?.id ?? null });
      await reload();
      setChosen(id);
    });
  return (
    <div className={css.split}>
      <section className={css.panel} aria-label={t("assets")}>
        <div className={css.panelHead}>
          <Button onClick={() => void add(null)} disabled={busy}>
            <Icon name="plus" size={16} />
            {t("asset.add_top")}
          </Button>
        </div>
        <AssetTree plant={plant} chosen={chosen} onChoose={setChosen} />
      </section>
      <section className={css.panel} aria-label={t("asset")}>
        {problem ? <p className={css.problem}>{problem}</p> : null}
        {asset ? (
          <AssetForm
            key={asset.id}
            asset={asset}
            {...props}
            onAdd={() => void add(asset)}
            onGone={() => setChosen(null)}
          />
        ) : (
          <Notice icon="press" title={t("asset.choose")} />
        )}
      </section>
    </div>
  );
}

interface TreeProps {
  plant: PlantData;
  chosen: string | null;
  onChoose: (id: string) => void;
}

/** The tree as a list of rows with their depth, each a button: order and depth are read out as they are seen. */
function AssetTree({ plant, chosen, onChoose }: TreeProps) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const known = new Set(plant.assets.map((asset) => asset.id));
  const rows: { asset: Asset; depth: number }[] = [];
  const walk = (parent: string | null, depth: number): void => {
    for (const asset of plant.assets) {
      const holder = asset.parent && known.has(asset.parent) ? asset.parent : null;
      if (holder !== parent || depth > 20) continue;
      rows.push({ asset, depth });
      walk(asset.id, depth + 1);
    }
  };
  walk(null, 0);
  const types = new Map(plant.types.map((type) => [type.id, type]));
  return (
    <ul className={css.tree}>
      {rows.map(({ asset, depth }) => (
        <li key={asset.id}>
          <button
            type="button"
            className={css.treeRow}
            aria-current={asset.id === chosen}
            style={{ paddingInlineStart: 12 + depth * 20 }}
            onClick={() => onChoose(asset.id)}
          >
            <span className={css.names}>
              <span className="truncate">{assetName(asset, asset.id, language)}</span>
              <span className={`${css.hint} truncate`}>
                {[
                  t(`level.${asset.level ?? "machine"}`),
                  localText(types.get(asset.type ?? "")?.name, language),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface FormProps extends TabProps {
  asset: Asset;
  onAdd: () => void;
  onGone: () => void;
}

/** An asset and everything inside it: it cannot be put into any of these. */
function inside(plant: PlantData, id: string): Set<string> {
  const found = new Set([id]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const asset of plant.assets) {
      if (asset.parent && found.has(asset.parent) && !found.has(asset.id)) {
        found.add(asset.id);
        grown = true;
      }
    }
  }
  return found;
}

function AssetForm({ asset, plant, plantApi, reload, tell, onAdd, onGone }: FormProps) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const [name, setName] = useState(asset.name);
  const { busy, problem, run } = useAction();
  const save = (change: Partial<Asset>) =>
    run(async () => {
      await plantApi.putAsset({ ...asset, name, ...change });
      await reload();
      tell(t("saved"));
    });
  const own = inside(plant, asset.id);
  const parents = plant.assets
    .filter((one) => !own.has(one.id))
    .map((one) => ({ value: one.id, label: assetName(one, one.id, language), hint: one.id }));
  const types = plant.types.map((type) => ({
    value: type.id,
    label: localText(type.name, language),
    hint: type.id,
  }));
  return (
    <div className={css.form}>
      <label className={css.field}>
        {t("asset.name")}
        <input
          className={css.input}
          value={name}
          maxLength={120}
          disabled={busy}
          onChange={(event) => setName(event.target.value)}
          onBlur={() => name !== asset.name && name.trim() !== "" && void save({ name })}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
      </label>
      <NamesByLanguage asset={asset} busy={busy} save={(name_i18n) => void save({ name_i18n })} />
      <p className={css.hint}>{`${t("asset.id")}: ${asset.id}`}</p>
      <label className={css.field}>
        {t("asset.level")}
        <select
          className={css.input}
          value={asset.level ?? "machine"}
          disabled={busy}
          onChange={(event) => void save({ level: event.target.value as Level })}
        >
          {LEVELS.map((level) => (
            <option key={level} value={level}>
              {t(`level.${level}`)}
            </option>
          ))}
        </select>
      </label>
      <div className={css.field}>
        {t("asset.type")}
        <Combobox
          label={t("asset.type")}
          placeholder={t("asset.type_none")}
          choices={types}
          value={asset.type ?? null}
          disabled={busy}
          onChange={(type) => void save({ type })}
        />
      </div>
      <div className={css.field}>
        {t("asset.parent")}
        <Combobox
          label={t("asset.parent")}
          placeholder={t("asset.parent_none")}
          choices={parents}
          value={asset.parent ?? null}
          disabled={busy}
          onChange={(parent) => void save({ parent })}
        />
      </div>
      <label className={css.field}>
        {t("asset.see")}
        <select
          className={css.input}
          value={asset.see ?? ""}
          disabled={busy}
          onChange={(event) =>
            void save({ see: event.target.value === "" ? null : (event.target.value as "viewer") })
          }
        >
          <option value="">{t("asset.see_all")}</option>
          {ROLES.map((role) => (
            <option key={role} value={role}>
              {t(`role_of.${role}`)}
            </option>
          ))}
        </select>
      </label>
      {problem ? (
        <p className={css.problem} role="alert">
          {problem}
        </p>
      ) : null}
      <div className={css.buttons}>
        <Button onClick={onAdd} disabled={busy}>
          <Icon name="plus" size={16} />
          {t("asset.add")}
        </Button>
        <DeleteAsset asset={asset} plantApi={plantApi} reload={reload} onGone={onGone} />
      </div>
    </div>
  );
}

function DeleteAsset({
  asset,
  plantApi,
  reload,
  onGone,
}: Pick<FormProps, "asset" | "plantApi" | "reload" | "onGone">) {
  const { language } = useLocale();
  const t = usePlantTexts();
  const [asked, setAsked] = useState(false);
  const [whole, setWhole] = useState(false);
  const { busy, problem, run } = useAction();
  const remove = () =>
    run(async () => {
      await plantApi.deleteAsset(asset.id, whole);
      onGone();
      await reload();
    });
  if (!asked) return <Button onClick={() => setAsked(true)}>{t("asset.delete")}</Button>;
  return (
    <div
      className={css.sure}
      role="alertdialog"
      aria-label={t("asset.delete_sure", { name: assetName(asset, asset.id, language) })}
    >
      <strong>{t("asset.delete_sure", { name: assetName(asset, asset.id, language) })}</strong>
      <p className={css.hint}>{t("asset.delete_hint")}</p>
      <label className={css.check}>
        <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.target.checked)} />
        {t("asset.delete_all")}
      </label>
      {problem ? <p className={css.problem}>{problem}</p> : null}
      <div className={css.buttons}>
        <Button look="primary" disabled={busy} onClick={() => void remove()}>
          {t("asset.delete")}
        </Button>
        <Button onClick={() => setAsked(false)}>{t("cancel")}</Button>
      </div>
    </div>
  );
}

const LANGUAGES = [
  ["en", "English"],
  ["zh-CN", "中文"],
] as const;

interface NamesProps {
  asset: Asset;
  busy: boolean;
  save: (names: Record<string, string>) => void;
}

/** The name in each language; without one people read the name above. */
function NamesByLanguage({ asset, busy, save }: NamesProps) {
  const t = usePlantTexts();
  const names = asset.name_i18n ?? {};
  const set = (language: string, text: string) => {
    const { [language]: before = "", ...rest } = names;
    const name = text.trim();
    if (name !== before) save(name ? { ...rest, [language]: name } : rest);
  };
  return LANGUAGES.map(([language, word]) => (
    <label key={language} className={css.field}>
      {t("asset.name_in", { language: word })}
      <input
        key={names[language] ?? ""}
        className={css.input}
        lang={language}
        defaultValue={names[language] ?? ""}
        placeholder={asset.name}
        maxLength={120}
        disabled={busy}
        onBlur={(event) => set(language, event.target.value)}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
    </label>
  ));
}
