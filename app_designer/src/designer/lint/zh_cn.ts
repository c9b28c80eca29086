import type { en } from "./en";

export const zhCn: Record<keyof typeof en, string> = {
  checking: "正在检查…",
  waiting: "保存后立即检查",
  failed: "检查未能运行",
  again: "重新检查",
  clean: "没有需要修正的问题",
  clean_hint: "可以发布此应用。",
  errors: "发布前必须修正 {count} 处",
  warnings: "建议查看 {count} 处",
  app: "应用",
  error: "必须修正",
  warning: "建议查看",
  go: "显示",
  fix: "修正",
  fix_role: "将“{role}”加入应用所需的信号",
  fix_bind: "移除此绑定",
  fix_requires: "登记此组件",
  fix_confirm: "写入前确认",
};
