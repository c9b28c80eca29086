import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type PickerText = keyof typeof en;
export const { translate: pickerTexts, useTexts: usePickerTexts } = areaTexts(en, zhCn);
