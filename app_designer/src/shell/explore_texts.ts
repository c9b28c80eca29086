import { areaTexts } from "@sdk/i18n/area";

const en = {
  add: "Add {name} to the trend",
  count: "Tags: {n}",
  empty: "No tag matches “{search}”",
  empty_hint: "Search by name, description, unit, machine or role.",
  no_tags: "No tags yet",
  no_tags_hint: "Start an edge agent with a connection; its tags appear here by themselves.",
  search: "Search name, description, machine",
  trend: "Trend",
  trend_clear: "Clear",
  trend_empty: "Nothing on the trend yet",
  trend_empty_hint: "Press + beside a tag, or drag it here. Up to 8 fit.",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  add: "将 {name} 加入趋势",
  count: "标签：{n}",
  empty: "没有匹配“{search}”的标签",
  empty_hint: "可按名称、说明、单位、机器或角色搜索。",
  no_tags: "还没有标签",
  no_tags_hint: "启动带有连接的边缘代理，标签会自动出现在这里。",
  search: "搜索名称、说明、机器",
  trend: "趋势",
  trend_clear: "清空",
  trend_empty: "趋势中还没有标签",
  trend_empty_hint: "点按标签旁的 +，或将其拖到此处，最多 8 个。",
};

/** Texts of the screen where every tag is found. */
export const { useTexts: useExploreTexts } = areaTexts<keyof typeof en>(en, zhCn);
