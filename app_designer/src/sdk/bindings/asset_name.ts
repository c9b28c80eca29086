import type { Asset } from "../api/types";
import { type Language, localText } from "../i18n/catalogue";

/** The name of an asset for a reader. Where nobody gave one, its id in words: `press_1` reads "Press 1". */
export function assetName(asset: Asset | undefined, id: string, language: Language): string {
  const given = asset?.name_i18n?.[language] ?? localText(asset?.name, language);
  if (given && given !== id) return given;
  const words = id.replace(/[_-]+/g, " ").trim();
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : id;
}
