import { areaTexts } from "@sdk/i18n/area";

const en = {
  lapsed: "The sign-in of this screen has run out. What is shown is not current any more.",
  sign_in: "Sign in",
} as const;

const zhCn: Record<keyof typeof en, string> = {
  lapsed: "此屏幕的登录已过期，显示的内容不再是最新。",
  sign_in: "登录",
};

/** Texts of a screen of the wall whose sign-in has run out. */
export const { useTexts: useLapsedTexts } = areaTexts<keyof typeof en>(en, zhCn);
