import { useCallback } from "react";
import { useLocale } from "../context";
import type { Language } from "./catalogue";

export type AreaTranslate<K extends string> = (key: K, values?: Record<string, string>) => string;

/** The texts of one part of the product, loaded with it; both languages have the same keys, the compiler sees to it. */
export function areaTexts<K extends string>(en: Record<K, string>, zhCn: Record<K, string>) {
  const texts: Record<Language, Record<K, string>> = { en, "zh-CN": zhCn };
  const translate = (language: Language): AreaTranslate<K> => {
    return (key, values) => {
      const text = texts[language][key];
      return values ? text.replace(/\{(\w+)\}/g, (hole, name: string) => values[name] ?? hole) : text;
    };
  };
  const useTexts = (): AreaTranslate<K> => {
    const { language } = useLocale();
    // biome-ignore lint/correctness/useExhaustiveDependencies: `translate` is fixed for the life of the area.
    return useCallback(translate(language), [language]);
  };
  return { translate, useTexts };
}
