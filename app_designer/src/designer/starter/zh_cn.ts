import type { en } from "./en";

export const zhCn: Record<keyof typeof en, string> = {
  title: "从我的机器开始",
  lead: "选择机器，即可得到总览页、适用于每台机器的详情页和趋势页，信号已绑定。之后都可修改，一步即可撤销。",
  search: "搜索机器",
  all: "全选",
  none: "全不选",
  signals: "{count} 个信号",
  state: "有状态信号",
  make: "生成页面",
  chosen: "已选 {count} 台",
  limit: "总览页最多显示 {count} 台机器。",
  close: "关闭",
  empty: "还没有机器带有信号",
  empty_hint: "请先在“工厂”页面把标签映射到机器，然后即可生成页面。",
  plant: "打开工厂页面",
  no_match: "没有这样命名的机器",
  done: "已为 {count} 台机器生成页面",
  step: "从 {count} 台机器开始",
};
