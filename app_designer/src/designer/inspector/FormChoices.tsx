import { type Choice, type FormChoices, FormChoicesContext } from "@forms/choices";
import { useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import { localText } from "@sdk/i18n/catalogue";
import { type ReactNode, useMemo } from "react";
import { useDesigner } from "../model/hooks";
import { useAnchorChoices } from "./anchor_choices";
import { useMediaChoices } from "./media_choices";

/** What the pickers of forms offer here: pages of the app, the plant, the media library. */
export function FormChoicesProvider({ children }: { children: ReactNode }) {
  const { language } = useLocale();
  const pages = useDesigner((state) => state.draft.pages);
  const plant = useDesigner((state) => state.plant);
  const media = useMediaChoices();
  const anchors = useAnchorChoices();
  const choices = useMemo<FormChoices>(() => {
    const roles = new Map<string, string>();
    for (const type of plant.types)
      for (const spec of type.roles ?? []) roles.set(spec.role, localText(spec.label, language));
    for (const row of plant.roles)
      if (!roles.has(row.role)) roles.set(row.role, assetName(undefined, row.role, language));
    return {
      pages: Object.values(pages).map(
        (page): Choice => ({ value: page.id, label: localText(page.title, language), hint: page.id }),
      ),
      assets: plant.assets.map(
        (asset): Choice => ({ value: asset.id, label: assetName(asset, asset.id, language), hint: asset.id }),
      ),
      assetTypes: plant.types.map(
        (type): Choice => ({ value: type.id, label: localText(type.name, language), hint: type.id }),
      ),
      roles: [...roles].map(([value, label]): Choice => ({ value, label, hint: value })),
      media,
      anchors,
    };
  }, [pages, plant, language, media, anchors]);
  return <FormChoicesContext.Provider value={choices}>{children}</FormChoicesContext.Provider>;
}
