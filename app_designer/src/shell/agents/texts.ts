import { areaTexts } from "@sdk/i18n/area";

const en = {
  title: "Bring in an agent",
  intro:
    "An agent, on this or another machine, gets its own credentials for a token that works once, within 15 minutes.",
  name: "Name of the edge",
  name_hint: "a-z, 0-9, _ and -, as line_2",
  make: "Make a token",
  token: "Token for {edge}, shown this once, good until {time}",
  run: "On the agent’s machine, then paste the token:",
  bad_name: "A name has small letters, digits, _ and -, at most 40.",
  none: "No agent was brought in yet. Those of this machine need no token.",
  waiting: "Token waits until {time}",
  enrolled: "Brought in {time} by {author}, from {address}",
  revoked: "Access taken away {time}",
  revoke: "Take access away",
  sure: "The broker ends the connection of {edge}. What it has stored waits there.",
  cancel: "Cancel",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  title: "接入代理",
  intro: "代理（本机或其他机器上）用一次性令牌换取自己的凭据，令牌 15 分钟内有效。",
  name: "边缘名称",
  name_hint: "a-z、0-9、_ 和 -，例如 line_2",
  make: "生成令牌",
  token: "{edge} 的令牌，仅显示这一次，有效至 {time}",
  run: "在代理所在机器上运行，然后粘贴令牌：",
  bad_name: "名称由小写字母、数字、_ 和 - 组成，最多 40 个字符。",
  none: "尚未接入代理。本机的代理不需要令牌。",
  waiting: "令牌等待使用，有效至 {time}",
  enrolled: "{author} 于 {time} 接入，来自 {address}",
  revoked: "{time} 已取消访问",
  revoke: "取消访问",
  sure: "消息服务器会断开 {edge} 的连接，其已存数据留在原处等待。",
  cancel: "取消",
};

/** Texts of bringing agents in. */
export const { useTexts: useAgentTexts } = areaTexts<keyof typeof en>(en, zhCn);
