import { type AreaTranslate, areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type RuntimeText = keyof typeof en;
export type RuntimeTranslate = AreaTranslate<RuntimeText>;
const texts = areaTexts<RuntimeText>(en, zhCn);
export const useRuntimeTexts = texts.useTexts;
export const runtimeTexts = texts.translate;
