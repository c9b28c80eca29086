import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type PlantText = keyof typeof en;
export const { translate: plantTexts, useTexts: usePlantTexts } = areaTexts(en, zhCn);
