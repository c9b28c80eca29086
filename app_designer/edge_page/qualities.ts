import type { Language } from "./texts";

/** Qualities by their code, as the contract lists them. */
const QUALITIES: Record<number, [string, string]> = {
  0: ["good", "良好"],
  1: ["manual", "手动录入"],
  64: ["uncertain", "不确定"],
  65: ["clock", "时钟不可信"],
  66: ["out of range", "超出量程"],
  128: ["bad", "坏值"],
  129: ["no communication", "通信中断"],
  130: ["timeout", "超时"],
  131: ["device error", "设备错误"],
  132: ["bad address", "地址错误"],
  133: ["function not supported", "不支持该功能"],
  134: ["sensor", "传感器故障"],
  135: ["not implemented", "设备未实现"],
  136: ["not a number", "非数值"],
  137: ["out of service", "停用"],
  138: ["access denied", "拒绝访问"],
  139: ["type mismatch", "类型不符"],
  140: ["waiting for first value", "等待首个数值"],
  141: ["overflow", "溢出"],
};

/** A code that is newer than the page goes by its range. */
export function qualityIn(language: Language, code: number): string {
  const range = code >= 128 ? 128 : code >= 64 ? 64 : 0;
  const words = QUALITIES[code] ?? QUALITIES[range] ?? ["", ""];
  return words[language === "en" ? 0 : 1] ?? "";
}
