import { areaTexts } from "@sdk/i18n/area";

const en = {
  boolean: "Yes/no",
  faceplate: "Shown when a machine of this type is dropped",
  faceplate_none: "No type",
  hint: "Inside a block of this app, version {version}. Nothing selected: these are the settings of the block.",
  note: "What is new in this version",
  params_hint: "What each use of the block sets for itself, such as its machine.",
  settings: "Block settings",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  boolean: "是/否",
  faceplate: "拖入此类型的设备时显示",
  faceplate_none: "无类型",
  hint: "正在编辑本应用的组件，版本 {version}。未选中元素时，这里是组件的设置。",
  note: "此版本的新内容",
  params_hint: "每次使用组件时各自设置的内容，例如所属设备。",
  settings: "组件设置",
};

export const { useTexts: useBlockTexts } = areaTexts<keyof typeof en>(en, zhCn);
