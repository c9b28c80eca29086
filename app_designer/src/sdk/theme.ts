export type Theme = "dark" | "light" | "system";

const KEY = "interlock.theme";
const listeners = new Set<() => void>();
const dark = typeof matchMedia === "function" ? matchMedia("(prefers-color-scheme: dark)") : null;

export function chosenTheme(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "dark" || stored === "light" ? stored : "system";
}

/** Sets the theme on the document; `public/theme.js` does the same before the first paint. */
function show(): void {
  const theme = chosenTheme();
  const shown = theme === "system" ? (dark?.matches ? "dark" : "light") : theme;
  document.documentElement.dataset.theme = shown;
  for (const listener of listeners) listener();
}

export function chooseTheme(theme: Theme): void {
  if (theme === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, theme);
  show();
}

dark?.addEventListener("change", show);

/** Changes whenever the colours do. */
export const themeVersion = (): string => document.documentElement.dataset.theme ?? "light";

export function subscribeTheme(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
