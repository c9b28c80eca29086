import { areaTexts } from "@sdk/i18n/area";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export const { useTexts } = areaTexts<keyof typeof en>(en, zhCn);
