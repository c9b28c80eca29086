import { areaTexts } from "@sdk/i18n/area";

const en = {
  ready: "A new version of this app is ready (release {no}).",
  back: "Release {no} of this app is in use again.",
  reload: "Show it",
  later: "Later",
};
const zhCn: Record<keyof typeof en, string> = {
  ready: "此应用有新版本（版本 {no}）。",
  back: "此应用已恢复使用版本 {no}。",
  reload: "立即显示",
  later: "稍后",
};

export const { useTexts: useReleaseTexts } = areaTexts<keyof typeof en>(en, zhCn);
