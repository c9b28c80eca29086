import { Icon, Notice, useServices } from "@sdk";
import { useEffect, useMemo, useRef, useState } from "react";
import type { DragPayload } from "../canvas/drag";
import { useHost } from "../frame/workbench";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { activeRow, PlantTree, treeKey, useTreeState } from "../pickers/PlantTree";
import pickers from "../pickers/pickers.module.css";
import { indexOf, type PlantIndex, type PlantRow } from "../pickers/plant_index";
import { usePlantRows } from "../pickers/plant_rows";
import { AddMenu } from "./AddMenu";
import css from "./data.module.css";
import { lendPlant } from "./drop";
import { useDataTexts } from "./texts";
import { WhereUsed } from "./WhereUsed";

/** What a row carries when it is dragged. */
export function payloadOf(row: PlantRow, index: PlantIndex): DragPayload | null {
  if (row.kind === "tag") return { kind: "tag", tag: row.tag };
  if (row.kind === "asset") return { kind: "asset", asset: row.asset };
  if (row.kind === "type") return { kind: "asset_type", type: row.type };
  if (row.kind !== "role") return null;
  const asset = index.assets.get(row.at.asset.id);
  return asset ? { kind: "role", asset, role: row.at.role } : null;
}

/** The plant with its live values: dragged onto the page, or added by a press. */
export default function DataPanel() {
  const t = useDataTexts();
  const plant = useDesigner((state) => state.plant);
  const index = useMemo(() => indexOf(plant), [plant]);
  const tree = useTreeState(index);
  const types = useMemo(
    () => ({ label: t("types"), count: (n: number) => t("machines", { n: String(n) }) }),
    [t],
  );
  const rows = usePlantRows(tree.search, tree.open, types);
  const [adding, setAdding] = useState<{ payload: DragPayload; label: string } | null>(null);
  const [finding, setFinding] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useMapping();
  const choose = (row: PlantRow) => {
    const payload = payloadOf(row, index);
    if (payload) setAdding({ payload, label: row.label });
  };
  const active = activeRow(rows, tree);
  const keys = { rows, active, setActive: tree.setActive, toggle: tree.toggle, choose };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of search and tree are taken together.
    <div
      ref={box}
      className={css.panel}
      onKeyDown={(event) => treeKey(event, keys) && event.stopPropagation()}
    >
      <SearchField value={tree.search} onChange={tree.setSearch} />
      <p className={css.hint}>{t("hint")}</p>
      {rows.length === 0 ? (
        <Empty search={tree.search} />
      ) : (
        <PlantTree
          id="data-tree"
          label={t("label")}
          rows={rows}
          active={active}
          onActive={tree.setActive}
          onToggle={tree.toggle}
          onChoose={choose}
          payloadOf={(row) => payloadOf(row, index)}
          action={{
            label: (row) =>
              row.kind === "asset" || row.kind === "type" || row.kind === "role" || row.kind === "tag"
                ? t("add", { name: row.label })
                : null,
            run: choose,
          }}
        />
      )}
      <div className={css.foot}>
        <button type="button" className={pickers.action} onClick={() => setFinding(true)}>
          <Icon name="search" size={14} />
          {t("find")}
        </button>
      </div>
      {adding ? (
        <AddMenu
          anchor={document.getElementById(`data-treer${active}`) ?? box.current}
          payload={adding.payload}
          label={adding.label}
          onClose={() => setAdding(null)}
        />
      ) : null}
      {finding ? <WhereUsed onClose={() => setFinding(false)} /> : null}
    </div>
  );
}

function SearchField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const t = useDataTexts();
  return (
    <label className={pickers.search}>
      <Icon name="search" size={16} />
      <span className="visually-hidden">{t("search")}</span>
      <input
        type="search"
        placeholder={t("search")}
        value={value}
        aria-controls="data-tree"
        data-tour="data-search"
        onChange={(event) => onChange(event.target.value)}
      />
    </label>
  );
}

function Empty({ search }: { search: string }) {
  const t = useDataTexts();
  const { navigate } = useHost();
  if (search) return <Notice icon="search" title={t("nothing_found", { search })} />;
  return (
    <Notice icon="value" title={t("empty")} hint={t("empty_hint")}>
      <button type="button" className={pickers.action} onClick={() => navigate("/plant")}>
        {t("open_plant")}
      </button>
    </Notice>
  );
}

/** Lets a drop of a tag without a role give it one, and read the plant again. */
function useMapping(): void {
  const store = useDesignerStore();
  const { api } = useServices();
  useEffect(() => {
    lendPlant({
      api,
      reload: async () => {
        await store.reloadPlant();
        return store.getState();
      },
    });
  }, [store, api]);
}
