import { type AreaTranslate, areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type ExplainText = keyof typeof en;
export type ExplainTranslate = AreaTranslate<ExplainText>;
export const { useTexts: useExplainTexts, translate: explainTexts } = areaTexts<ExplainText>(en, zhCn);
