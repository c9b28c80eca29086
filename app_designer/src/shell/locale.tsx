import { LocaleContext } from "@sdk/context";
import { isLanguage, type Language, languageFor, translator } from "@sdk/i18n/catalogue";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";

const KEY = "interlock.language";
const ChoiceContext = createContext<(language: Language) => void>(() => {});

export const useChooseLanguage = () => useContext(ChoiceContext);

function initial(): Language {
  const stored = localStorage.getItem(KEY);
  return isLanguage(stored) ? stored : languageFor(navigator.languages);
}

/** The reader's language. The Chinese face is fetched when it is used or the page has come to rest. */
export function LocaleProvider({ children }: { children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(initial);
  useEffect(() => {
    document.documentElement.lang = language;
    const wait_ms = language === "zh-CN" ? 0 : 2500;
    const timer = setTimeout(() => void import("./chinese_face"), wait_ms);
    return () => clearTimeout(timer);
  }, [language]);
  const locale = useMemo(() => ({ language, t: translator(language) }), [language]);
  const choose = (next: Language) => {
    localStorage.setItem(KEY, next);
    setLanguage(next);
  };
  return (
    <ChoiceContext.Provider value={choose}>
      <LocaleContext.Provider value={locale}>{children}</LocaleContext.Provider>
    </ChoiceContext.Provider>
  );
}
