import { areaTexts } from "@sdk/i18n/area";

const en = {
  leave: "Leave full screen",
  linked: "Connected",
  lost: "No connection since {time}. Values are not current.",
  paused: "Stands still while you use it",
  place: "Page {n} of {all}",
};
const zhCn: Record<keyof typeof en, string> = {
  leave: "退出看板模式",
  linked: "已连接",
  lost: "自 {time} 起连接中断，数值并非最新。",
  paused: "操作期间暂停轮播",
  place: "第 {n} 页，共 {all} 页",
};

export const { useTexts: useKioskTexts } = areaTexts<keyof typeof en>(en, zhCn);
