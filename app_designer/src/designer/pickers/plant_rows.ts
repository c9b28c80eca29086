import { useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useMemo } from "react";
import type { DesignerState } from "../model/contract";
import { useDesigner } from "../model/hooks";
import { paramsOf, paramValue } from "./design_scope";
import { indexOf, type ParamAsset, type PlantRow, rowsOf, type TypesGroup } from "./plant_index";
import { usePickerTexts } from "./texts";

/** The asset parameters of the canvas and what they stand for now. */
export function paramAssets(state: DesignerState, language: "en" | "zh-CN"): ParamAsset[] {
  const index = indexOf(state.plant);
  return Object.entries(paramsOf(state.draft, state.canvas)).flatMap(([name, param]) => {
    if (param.type !== "asset") return [];
    const asset = index.assets.get(paramValue(state, name)) ?? null;
    const type = index.types.get(param.asset_type ?? asset?.type ?? "") ?? null;
    return [{ name, label: localText(param.label, language) || name, asset, type }];
  });
}

/** The rows of the plant for a search and the groups that are open; with the types of machines where they are offered. */
export function usePlantRows(search: string, open: ReadonlySet<string>, types?: TypesGroup): PlantRow[] {
  const t = usePickerTexts();
  const { language } = useLocale();
  const plant = useDesigner((state) => state.plant);
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  const chosen = useDesigner((state) => state.params);
  return useMemo(() => {
    const state = { plant, draft, canvas, params: chosen } as DesignerState;
    const params = paramAssets(state, language).map((param) => ({
      ...param,
      label: t("param_asset", { name: param.label }),
    }));
    return rowsOf(indexOf(plant), {
      open,
      search,
      language,
      params,
      unmappedLabel: t("unmapped"),
      ...(types ? { types } : {}),
    });
  }, [plant, draft, canvas, chosen, language, open, search, types, t]);
}
