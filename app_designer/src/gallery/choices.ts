import { LANGUAGES, type Language } from "@sdk/i18n/catalogue";
import { useEffect, useState } from "react";

export const SIZES = ["pc", "phone", "wall", "min", "max"] as const;
export type Size = (typeof SIZES)[number];
export const THEMES = ["light", "dark", "both"] as const;
export type ThemeChoice = (typeof THEMES)[number];

export interface Choices {
  search: string;
  category: string;
  block: string;
  size: Size;
  theme: ThemeChoice;
  language: Language;
}

function oneOf<T extends string>(all: readonly T[], text: string | null, fallback: T): T {
  return all.find((entry) => entry === text) ?? fallback;
}

export function choicesFrom(params: URLSearchParams, language: Language, theme: ThemeChoice): Choices {
  return {
    search: params.get("q") ?? "",
    category: params.get("category") ?? "",
    block: params.get("block") ?? "",
    size: oneOf(SIZES, params.get("size"), "pc"),
    theme: oneOf(THEMES, params.get("theme"), theme),
    language: oneOf(LANGUAGES, params.get("lang"), language),
  };
}

const NAMES = {
  search: "q",
  category: "category",
  block: "block",
  size: "size",
  theme: "theme",
  language: "lang",
} as const;

/** What is looked at, kept in the address so that it can be sent to somebody. */
export function useChoices(language: Language) {
  const shown = document.documentElement.dataset.theme === "dark" ? "dark" : "light";
  const [choices, setChoices] = useState(() =>
    choicesFrom(new URLSearchParams(location.search), language, shown),
  );
  useEffect(() => {
    const params = new URLSearchParams(location.search);
    for (const [key, name] of Object.entries(NAMES)) {
      const value = choices[key as keyof Choices];
      if (value) params.set(name, value);
      else params.delete(name);
    }
    history.replaceState(history.state, "", `${location.pathname}?${params}`);
  }, [choices]);
  const choose = (change: Partial<Choices>) => setChoices((known) => ({ ...known, ...change }));
  return { choices, choose };
}
