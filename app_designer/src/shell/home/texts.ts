import { areaTexts } from "@sdk/i18n/area";

const en = {
  search: "Search apps",
  none_found: "No app is called “{search}”",
  star: "Mark {name} as a favourite",
  unstar: "Take the star from {name}",
  opened: "Opened {time}",
  viewer_empty: "No app for you yet",
  viewer_empty_hint:
    "Ask whoever builds the apps here to publish one for your role. Until then Explore shows every value you may see.",
  builder_empty: "No app yet",
  builder_empty_hint:
    "Make one: an empty page, or overview, detail and trend pages made from your machines. Or import one.",
  admin_next: "First steps",
  admin_health: "See whether the machines are connected",
  admin_plant: "Name the machines and map their signals",
  admin_new: "Make the first app, then publish it",
};

const zhCn: Record<keyof typeof en, string> = {
  search: "搜索应用",
  none_found: "没有名为“{search}”的应用",
  star: "收藏{name}",
  unstar: "取消收藏{name}",
  opened: "打开于 {time}",
  viewer_empty: "暂无可用应用",
  viewer_empty_hint: "请联系应用制作者为您的角色发布应用。在此之前，可在“浏览”中查看您有权查看的所有数值。",
  builder_empty: "还没有应用",
  builder_empty_hint: "新建一个：可从空白页开始，也可由现有设备生成总览、详情和趋势页面；或者导入应用。",
  admin_next: "开始使用",
  admin_health: "查看设备是否已连接",
  admin_plant: "为设备命名并映射信号",
  admin_new: "制作第一个应用并发布",
};

export const { useTexts: useHomeTexts } = areaTexts<keyof typeof en>(en, zhCn);
