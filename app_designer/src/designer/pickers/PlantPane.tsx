import type { Bound } from "@runtime/binding";
import { Icon, Notice } from "@sdk";
import { dimensionOf } from "@sdk/units";
import { useState } from "react";
import { useDesigner } from "../model/hooks";
import { MapTag } from "./MapTag";
import { activeRow, PlantTree, treeKey, useTreeState } from "./PlantTree";
import css from "./pickers.module.css";
import { indexOf, type PlantRow } from "./plant_index";
import { usePlantRows } from "./plant_rows";
import { usePickerTexts } from "./texts";
import { misfitOf, type Wanted } from "./wanted";

/** Makes the binding of a role for a place: now, or over time where the place takes a course only. */
export function roleBinding(wanted: Wanted, asset: string | { param: string }, role: string): Bound {
  if (wanted.shape === "series" || !wanted.from.includes("tag")) {
    const fn = wanted.shape === "series" ? null : "mean";
    return { source: "history", asset, role, fn };
  }
  return { source: "tag", asset, role };
}

/** Why a row does not fit, in words. */
export function useRefusal(wanted: Wanted | null) {
  const t = usePickerTexts();
  return (row: PlantRow): string | null => {
    if (!wanted) return null;
    const tag = row.kind === "role" ? row.at.tag : row.kind === "tag" ? row.tag : null;
    if (!tag) return null;
    const misfit = misfitOf(wanted, tag, dimensionOf);
    if (!misfit) return null;
    if (misfit.reason === "unit" && !misfit.has) return t("misfit.unit_none");
    return t(`misfit.${misfit.reason}`, { has: misfit.has });
  };
}

interface PaneProps {
  wanted: Wanted;
  onChoose: (bound: Bound) => void;
  /** Several values are taken: a whole asset may be chosen. */
  many: boolean;
}

/** The tree of the plant with its search: a role is chosen by one press, a tag without role is mapped first. */
export function PlantPane({ wanted, onChoose, many }: PaneProps) {
  const t = usePickerTexts();
  const plant = useDesigner((state) => state.plant);
  const tree = useTreeState(indexOf(plant));
  const rows = usePlantRows(tree.search, tree.open);
  const refusal = useRefusal(wanted);
  const [mapping, setMapping] = useState<PlantRow | null>(null);
  const choose = (row: PlantRow) => {
    if (refusal(row)) return;
    if (row.kind === "tag") setMapping(row);
    if (row.kind === "role")
      onChoose(roleBinding(wanted, row.param === null ? row.at.asset.id : { param: row.param }, row.at.role));
  };
  if (mapping?.kind === "tag") {
    return (
      <MapTag tag={mapping.tag} onMapped={(asset, role) => onChoose(roleBinding(wanted, asset, role))} />
    );
  }
  const active = activeRow(rows, tree);
  const keys = { rows, active, setActive: tree.setActive, toggle: tree.toggle, choose };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys of search and tree are taken together.
    <div className={`${css.body} ${css.treeBody}`} onKeyDown={(event) => treeKey(event, keys)}>
      <label className={css.search}>
        <Icon name="search" size={16} />
        <span className="visually-hidden">{t("search")}</span>
        <input
          type="search"
          data-autofocus="true"
          placeholder={t("search")}
          value={tree.search}
          aria-controls="picker-tree"
          onChange={(event) => tree.setSearch(event.target.value)}
        />
      </label>
      {rows.length === 0 ? (
        <Notice
          icon="search"
          title={tree.search ? t("nothing_found", { search: tree.search }) : t("plant_empty")}
          hint={tree.search ? t("nothing_hint") : t("plant_empty_hint")}
        />
      ) : (
        <PlantTree
          id="picker-tree"
          label={t("plant")}
          rows={rows}
          active={active}
          onActive={tree.setActive}
          onToggle={tree.toggle}
          onChoose={choose}
          refusal={refusal}
          {...(many
            ? {
                action: {
                  label: (row) =>
                    row.kind === "asset" || row.kind === "param" ? t("whole", { name: row.label }) : null,
                  run: (row) => {
                    if (row.kind === "asset") onChoose(roleBinding(wanted, row.asset.id, "*"));
                    if (row.kind === "param") onChoose(roleBinding(wanted, { param: row.param }, "*"));
                  },
                },
              }
            : {})}
        />
      )}
    </div>
  );
}
