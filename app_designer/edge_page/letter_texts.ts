import type { Language } from "./texts";

const en = {
  hint: "Batches that the platform refused for good. Their values are in none of its charts. Once what was wrong is mended there, send them again: they are stored once.",
  none: "There are no dead letters",
  none_hint: "Everything the platform was sent it could take in, or it still waits.",
  first: "From",
  points: "Values",
  connections: "Connections",
  reason: "Reason",
  several: "several",
  records: "no values: records of the agent",
  damaged: "damaged: it cannot be sent again",
  choose: "Choose {n}",
  all: "Choose all",
  chosen: "{n} chosen",
  send_again: "Send again",
  discard: "Discard",
  sure: "Discard {n} for good? Press again",
  export: "Export",
  too_large: "More than 16 MiB: choose fewer, or run: edge-agent spool dead-letters --export FOLDER",
  sent: "{n} wait to be sent again.",
  discarded: "{n} discarded. They stay counted as dead.",
  left: "Left as they are: {ids}.",
  left_out: "{n} older ones are not shown; edge-agent spool dead-letters has them all.",
} as const;

type LetterText = keyof typeof en;

const zhCn: Record<LetterText, string> = {
  hint: "平台最终拒收的批次，其中的数值不会出现在任何图表里。平台一侧的问题解决后可重新发送：只会存储一次。",
  none: "没有死信",
  none_hint: "发给平台的数据都已接收，或仍在等待。",
  first: "开始",
  points: "数值",
  connections: "连接",
  reason: "原因",
  several: "多个",
  records: "不含数值：代理的记录",
  damaged: "已损坏：无法重新发送",
  choose: "选择 {n}",
  all: "全选",
  chosen: "已选 {n} 个",
  send_again: "重新发送",
  discard: "丢弃",
  sure: "永久丢弃 {n} 个？再按一次",
  export: "导出",
  too_large: "超过 16 MiB：请少选一些，或运行：edge-agent spool dead-letters --export FOLDER",
  sent: "{n} 个等待重新发送。",
  discarded: "已丢弃 {n} 个，仍计为死信。",
  left: "保持不变：{ids}。",
  left_out: "另有 {n} 个较早的未显示；edge-agent spool dead-letters 可列出全部。",
};

/** Texts of the view of dead letters. */
export function letterTexts(language: Language) {
  const words = language === "zh-CN" ? zhCn : en;
  return (name: LetterText, values: Record<string, string | number> = {}): string =>
    words[name].replace(/\{(\w+)\}/g, (_, key: string) => String(values[key] ?? ""));
}
