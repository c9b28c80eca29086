/** The tokens a frame gets, so that a foreign block looks like the rest. Fonts are not among them: it loads nothing. */
const TOKENS = [
  ...["bg", "surface", "surface-2", "surface-3", "line", "line-strong", "text", "text-2", "text-3"],
  ...["accent", "accent-text", "accent-soft", "focus", "band", "band-edge", "pointer", "hatch"],
  ...["ok", "warn", "warn-soft", "warn-line", "alarm", "alarm-soft", "stale"],
  ...["text-xs", "text-s", "text-m", "text-l", "text-xl", "text-2xl", "text-3xl"],
  ...["space-1", "space-2", "space-3", "space-4", "radius-s", "radius-m", "radius-l", "target", "motion"],
  ...["series-1", "series-2", "series-3", "series-4", "series-5", "series-6", "series-7", "series-8"],
  ...["running", "idle", "stopped", "fault", "setup", "off", "neutral"].flatMap((state) => [
    `state-${state}`,
    `state-${state}-text`,
  ]),
];

export function themeTokens(): Record<string, string> {
  const style = getComputedStyle(document.documentElement);
  const tokens = TOKENS.map((name) => [name, style.getPropertyValue(`--${name}`).trim()] as const);
  const scheme = style.getPropertyValue("color-scheme").trim() || "light";
  return { ...Object.fromEntries(tokens.filter(([, value]) => value !== "")), "color-scheme": scheme };
}

/** Calls when the theme of the page may have changed; returns how to stop. */
export function watchTheme(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "style", "class"],
  });
  return () => observer.disconnect();
}
