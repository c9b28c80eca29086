import type { SignalRole } from "../generated/documents.gen";

/** A value with its word in each language and the meaning of its colour. */
export interface ValueRow {
  value: string;
  en: string;
  zh: string;
  tone: string;
}

/** The value texts of a role as rows, in the order of the values. */
export function rowsOfRole(role: SignalRole): ValueRow[] {
  const zh = role.texts_i18n?.["zh-CN"] ?? {};
  const en = role.texts_i18n?.en ?? {};
  const values = new Set([
    ...Object.keys(role.texts ?? {}),
    ...Object.keys(zh),
    ...Object.keys(role.colors ?? {}),
  ]);
  return [...values].map((value) => ({
    value,
    en: role.texts?.[value] ?? en[value] ?? "",
    zh: zh[value] ?? "",
    tone: role.colors?.[value] ?? "",
  }));
}

const filled = (rows: readonly ValueRow[], key: "en" | "zh" | "tone"): Record<string, string> =>
  Object.fromEntries(rows.filter((row) => row[key] !== "").map((row) => [row.value, row[key]]));

/** The role with these value texts; what is empty is left out. */
export function withRows(role: SignalRole, rows: readonly ValueRow[]): SignalRole {
  const zh = filled(rows, "zh");
  const { "zh-CN": _zh, en: _en, ...others } = role.texts_i18n ?? {};
  return {
    ...role,
    texts: filled(rows, "en"),
    texts_i18n: Object.keys(zh).length > 0 ? { ...others, "zh-CN": zh } : others,
    colors: filled(rows, "tone"),
  };
}

/** The same value without members that are null: the platform says so what is not set, a form leaves it out. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
