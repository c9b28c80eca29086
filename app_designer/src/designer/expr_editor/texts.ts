import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type FormulaText = keyof typeof en;
export const { translate: formulaTexts, useTexts: useFormulaTexts } = areaTexts(en, zhCn);
