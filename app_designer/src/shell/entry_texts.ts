import { areaTexts } from "@sdk/i18n/area";

const en = {
  "login.failed": "Name or password is wrong.",
  "login.name": "Name",
  "login.password": "Password",
  "login.password_hide": "Hide password",
  "login.password_show": "Show password",
  "login.submit": "Sign in",
  "login.title": "Sign in to Interlock",
  "setup.done_title": "Already set up",
  "setup.done_hint": "An administrator exists. Sign in, or make a user with “interlock user add”.",
  "setup.intro": "This link works once. It makes the first administrator of this installation.",
  "setup.name": "Your name",
  "setup.no_token": "The set-up link is incomplete. Open it again from the terminal where Interlock runs.",
  "setup.password": "Password, at least 12 characters",
  "setup.password_again": "Password again",
  "setup.password_differs": "The two passwords differ.",
  "setup.password_short": "At least 12 characters.",
  "setup.submit": "Make administrator",
  "setup.title": "Set up Interlock",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  "login.failed": "名称或密码错误。",
  "login.name": "名称",
  "login.password": "密码",
  "login.password_hide": "隐藏密码",
  "login.password_show": "显示密码",
  "login.submit": "登录",
  "login.title": "登录 Interlock",
  "setup.done_title": "已完成设置",
  "setup.done_hint": "已有管理员。请登录，或用“interlock user add”添加用户。",
  "setup.intro": "此链接只能使用一次，用于创建本系统的第一个管理员。",
  "setup.name": "您的名称",
  "setup.no_token": "设置链接不完整。请从运行 Interlock 的终端重新打开。",
  "setup.password": "密码，至少 12 个字符",
  "setup.password_again": "再次输入密码",
  "setup.password_differs": "两次输入的密码不同。",
  "setup.password_short": "至少 12 个字符。",
  "setup.submit": "创建管理员",
  "setup.title": "设置 Interlock",
};

/** Texts before one is signed in. */
export const { useTexts: useEntryTexts } = areaTexts<keyof typeof en>(en, zhCn);
