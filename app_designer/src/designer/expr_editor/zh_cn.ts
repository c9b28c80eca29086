import type { en } from "./en";

/** 公式编辑器的文字。 */
export const zhCn: Record<keyof typeof en, string> = {
  add: "添加数值",
  formula: "公式：{name}",
  no_names: "添加参与计算的数值；每个数值有一个简短名称。",
  placeholder: "例如：temperature > 80",
  remove: "删除“{name}”",
  rename: "“{source}”在公式中的名称",
  rename_bad: "只能用字母、数字和 _；不能以数字开头；名称不能重复。",
  result: "当前结果",
  suggestions: "建议",
  "type.any": "任意值",
  "type.boolean": "是/否",
  "type.list": "列表",
  "type.null": "空",
  "type.number": "数字",
  "type.record": "记录",
  "type.string": "文字",
  wanted: "这里必须得到{wanted}，而不是{found}。",
};
