import type { en } from "./en";

export const zhCn: Record<keyof typeof en, string> = {
  "element.no_block": "缺少组合块",
  "element.no_block_hint": "此版本中没有“{name}”（版本 {version}）。其设置已保留。",
  "element.too_deep": "组合块嵌套过深",
  "element.too_deep_hint": "最多显示 {most} 层。请由应用的制作者减少一层。",
  "element.newer": "由更新的版本制作",
  "element.newer_hint": "“{name}”由更新版本的 Interlock 保存。其设置已保留。",
  "element.no_permission": "没有权限",
  "element.no_permission_hint": "您的角色不能查看此内容。",
  "area.list": "列表",
  "area.picture": "图形",
  "area.view": "图形的显示方式",
};
