import { CONTRAST_MIN, contrast } from "./contrast";
import type { en } from "./en";

export type Shade = "light" | "dark";
export type Tokens = Readonly<Record<string, string>>;

export interface ThemeToken {
  name: string;
  label: keyof typeof en;
  kind: "color" | "length";
  /** Tokens on which it is read, or which are read on it. */
  against?: readonly string[];
}

/** What a brand may change; the rest follows from the built-in theme, so that states keep their meaning. */
export const THEME_TOKENS: readonly ThemeToken[] = [
  { name: "--accent", label: "accent", kind: "color", against: ["--accent-text", "--surface"] },
  { name: "--accent-text", label: "accent_text", kind: "color", against: ["--accent"] },
  { name: "--accent-soft", label: "accent_soft", kind: "color", against: ["--accent"] },
  { name: "--bg", label: "bg", kind: "color", against: ["--text"] },
  { name: "--surface", label: "surface", kind: "color", against: ["--text", "--text-2"] },
  { name: "--surface-2", label: "surface_2", kind: "color", against: ["--text"] },
  { name: "--line", label: "line", kind: "color" },
  { name: "--text", label: "text", kind: "color", against: ["--surface", "--bg"] },
  { name: "--text-2", label: "text_2", kind: "color", against: ["--surface"] },
  { name: "--radius-m", label: "radius_m", kind: "length" },
  { name: "--radius-l", label: "radius_l", kind: "length" },
];

export interface Faint {
  token: string;
  against: string;
  ratio: number;
}

/** Pairs of the theme that are too close to be read; `base` are the built-in values. */
export function faintPairs(changed: Tokens, base: Tokens): Faint[] {
  const value = (name: string) => changed[name] ?? base[name] ?? "";
  const faint: Faint[] = [];
  for (const { name, against = [] } of THEME_TOKENS) {
    for (const other of against) {
      if (!(name in changed) && !(other in changed)) continue;
      const ratio = contrast(value(name), value(other));
      const twice = faint.some((pair) => pair.token === other && pair.against === name);
      if (ratio !== null && ratio < CONTRAST_MIN && !twice)
        faint.push({ token: name, against: other, ratio });
    }
  }
  return faint;
}

const NAME = /^--[a-z][a-z0-9-]{0,39}$/;
const VALUE = /^[#a-zA-Z0-9 .,%()-]{1,80}$/;

/** A theme from a file: only what the document allows; null when it is none. */
export function readTheme(text: string): { light: Tokens; dark: Tokens } | null {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  if (typeof parsed !== "object" || parsed === null) return null;
  const { light = {}, dark = {} } = parsed as Record<string, unknown>;
  const shades = [light, dark].map(tokensOf);
  return shades[0] && shades[1] ? { light: shades[0], dark: shades[1] } : null;
}

function tokensOf(node: unknown): Tokens | null {
  if (typeof node !== "object" || node === null || Array.isArray(node)) return null;
  const entries = Object.entries(node);
  const fine = entries.every(
    ([name, value]) => NAME.test(name) && typeof value === "string" && VALUE.test(value),
  );
  return fine && entries.length <= 100 ? Object.fromEntries(entries) : null;
}
