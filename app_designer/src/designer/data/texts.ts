import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type DataText = keyof typeof en;
export const { translate: dataTexts, useTexts: useDataTexts } = areaTexts(en, zhCn);
