import { areaTexts } from "./area";

const en = {
  empty: "Nothing bound yet",
  empty_hint: "Choose what this block shows.",
  forbidden_hint: "Ask an administrator for access.",
  hi: "High",
  hi_hi: "High high",
  lo: "Low",
  lo_lo: "Low low",
  normal: "Normal",
  unknown: "Unknown",
};

const zhCn: Record<keyof typeof en, string> = {
  empty: "尚未绑定",
  empty_hint: "请选择此组件要显示的内容。",
  forbidden_hint: "请向管理员申请权限。",
  hi: "高",
  hi_hi: "高高",
  lo: "低",
  lo_lo: "低低",
  normal: "正常",
  unknown: "未知",
};

/** Texts that many blocks share. */
export const { useTexts: useBlockTexts } = areaTexts(en, zhCn);
