import type { LocalText } from "../api/types";
import { en } from "./en";
import { zhCn } from "./zh_cn";

export type MessageKey = keyof typeof en;
export const LANGUAGES = ["en", "zh-CN"] as const;
export type Language = (typeof LANGUAGES)[number];
export interface Translate {
  (key: MessageKey, values?: Record<string, string>): string;
  readonly language: Language;
}

export const CATALOGUES: Record<Language, Record<MessageKey, string>> = { en, "zh-CN": zhCn };

export function isLanguage(text: string | null): text is Language {
  return LANGUAGES.some((language) => language === text);
}

/** The language for a browser's list of wishes. */
export function languageFor(wishes: readonly string[]): Language {
  for (const wish of wishes) {
    if (wish.toLowerCase().startsWith("zh")) return "zh-CN";
    if (wish.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export function translator(language: Language): Translate {
  const texts = CATALOGUES[language];
  const translate = (key: MessageKey, values?: Record<string, string>): string =>
    values ? texts[key].replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole) : texts[key];
  return Object.assign(translate, { language });
}

/** A text of a document in the reader's language, else in English, else in any it has. */
export function localText(
  text: LocalText | Record<string, string> | null | undefined,
  language: Language,
): string {
  if (!text) return "";
  if (typeof text === "string") return text;
  const texts: Record<string, string> = { ...text };
  return texts[language] ?? texts.en ?? Object.values(texts)[0] ?? "";
}
