import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type FormText = keyof typeof en;
export const { translate: formTexts, useTexts: useFormTexts } = areaTexts(en, zhCn);
