import { areaTexts } from "@sdk/i18n/area";

const en = {
  settings: "Times and units",
  title: "My times and units",
  hint: "Only for you, on every device you sign in to. What is stored and what formulas use stays as it is; “Explain” shows both.",
  zone: "Time zone",
  zone_site: "Of the site ({zone})",
  units: "Units",
  stored: "As stored",
  temperature: "Temperature",
  pressure: "Pressure",
  length: "Length",
  mass: "Mass",
  volume: "Volume",
  flow: "Flow",
  speed: "Speed",
  energy: "Energy",
  power: "Power",
  torque: "Torque",
  done: "Done",
};

const zhCn: Record<keyof typeof en, string> = {
  settings: "时间与单位",
  title: "我的时间与单位",
  hint: "仅对您本人有效，在您登录的每台设备上生效。存储的数据和公式不受影响；“解释”中会同时显示两者。",
  zone: "时区",
  zone_site: "工厂所在时区（{zone}）",
  units: "单位",
  stored: "按存储单位",
  temperature: "温度",
  pressure: "压力",
  length: "长度",
  mass: "质量",
  volume: "体积",
  flow: "流量",
  speed: "速度",
  energy: "能量",
  power: "功率",
  torque: "扭矩",
  done: "完成",
};

export const { useTexts: useSettingsTexts } = areaTexts<keyof typeof en>(en, zhCn);
