import { areaTexts } from "@sdk/i18n/area";

const en = {
  title: "Dead letters",
  none: "No dead letters: everything that came could be taken in.",
  unseen: "{n} are kept. Your role does not see the connections they came from.",
  forbidden: "Your role does not see dead letters",
  forbidden_hint: "An administrator can give you another role.",
  where: "Where",
  received: "Came",
  reason: "Reason",
  values: "Values",
  size: "Size",
  unknown: "not known",
  shown: "The latest {shown} of {n}.",
  held: "{edge} counts {n} values as dead.",
  hint: "The agent keeps these batches. Once the reason is mended, they are sent again on the agent's own page or with “edge-agent spool dead-letters --send-again”; what was refused stays listed here.",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  title: "死信",
  none: "没有死信：收到的数据都已接收。",
  unseen: "保留了 {n} 个。您的角色看不到它们来自的连接。",
  forbidden: "您的角色不能查看死信",
  forbidden_hint: "管理员可以为您更换角色。",
  where: "位置",
  received: "收到时间",
  reason: "原因",
  values: "数值",
  size: "大小",
  unknown: "未知",
  shown: "共 {n} 个，显示最近 {shown} 个。",
  held: "{edge} 有 {n} 个数值计为死信。",
  hint: "代理保留这些批次。原因解决后，可在代理自己的页面上或用“edge-agent spool dead-letters --send-again”重新发送；曾被拒收的记录仍列在这里。",
};

/** Texts of the list of dead letters. */
export const { useTexts: useDeadLetterTexts } = areaTexts<keyof typeof en>(en, zhCn);
