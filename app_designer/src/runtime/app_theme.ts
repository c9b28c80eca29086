import { subscribeTheme, themeVersion } from "@sdk/theme";
import { useEffect, useSyncExternalStore } from "react";
import type { AppDocument } from "../generated/documents.gen";

type Theme = NonNullable<AppDocument["theme"]>;

const NAME = /^--[a-z][a-z0-9-]{0,39}$/;
/** No colon, slash, semicolon or quote: such a value can load nothing and end nothing. */
const VALUE = /^[#a-zA-Z0-9 .,%()-]{1,80}$/;
const LOADS = /\b(?:url|image|src|expression|attr)\s*\(/i;

/** The tokens of a theme that may be set: what the check of the document lets through, looked at once more. */
export function themeTokens(theme: Theme | null | undefined, dark: boolean): [string, string][] {
  const tokens = Object.entries((dark ? theme?.dark : theme?.light) ?? {});
  return tokens.filter(([name, value]) => NAME.test(name) && VALUE.test(value) && !LOADS.test(value));
}

/** Sets the tokens of an app's theme on `root` for as long as the app is shown there. */
export function useAppTheme(theme: Theme | null | undefined, root: HTMLElement | null): void {
  const version = useSyncExternalStore(subscribeTheme, themeVersion);
  useEffect(() => {
    const tokens = themeTokens(theme, version === "dark");
    for (const [name, value] of tokens) root?.style.setProperty(name, value);
    return () => {
      for (const [name] of tokens) root?.style.removeProperty(name);
    };
  }, [theme, root, version]);
}
