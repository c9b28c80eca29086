import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type DesignerText = keyof typeof en;
const area = areaTexts<DesignerText>(en, zhCn);

/** Texts of the frame, canvas, palette and outline in the reader's language. */
export const useTexts = area.useTexts;
export const translate = area.translate;

/** The language the designer is shown in, for what is no component. */
export const pageLanguage = (): "en" | "zh-CN" =>
  document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
