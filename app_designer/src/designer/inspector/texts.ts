import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type InspectorText = keyof typeof en;
export const { translate: inspectorTexts, useTexts: useInspectorTexts } = areaTexts(en, zhCn);
