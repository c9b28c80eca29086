import { areaTexts } from "@sdk/i18n/area";

const en = {
  age: "Age",
  last24: "Last 24 hours",
  limits: "Limits",
  max: "Maximum",
  mean: "Mean",
  min: "Minimum",
  no_limits: "none set",
  samples: "Samples",
  source: "Where it comes from",
  title: "Details of {name}",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  age: "时效",
  last24: "最近 24 小时",
  limits: "限值",
  max: "最大值",
  mean: "平均值",
  min: "最小值",
  no_limits: "未设置",
  samples: "样本数",
  source: "数据来源",
  title: "{name} 的详情",
};

/** Texts of the details of a tag. */
export const { useTexts: useDetailTexts } = areaTexts<keyof typeof en>(en, zhCn);
