import type { LocalText, Value } from "../api/types";
import { type Language, localText } from "../i18n/catalogue";

/** One choice, as the type `option` of manifests has it. */
export interface FieldOption {
  value: Value;
  label: LocalText;
  icon?: string;
  tone?: string;
  parent?: Value;
}

export const optionKey = (value: Value | undefined): string =>
  value === undefined ? "" : `${typeof value}:${String(value)}`;

/** The choices below another; those without a parent for `undefined`. */
export function childrenOf(options: readonly FieldOption[], parent: Value | undefined): FieldOption[] {
  const key = optionKey(parent ?? undefined);
  return options.filter((option) => optionKey(option.parent ?? undefined) === key);
}

export function optionName(option: FieldOption, language: Language): string {
  return localText(option.label, language) || String(option.value ?? "");
}

/** Choices from the value texts of a tag, for a block that was given none. */
export function optionsOfTexts(texts: Record<string, string> | null | undefined): FieldOption[] {
  return Object.entries(texts ?? {}).map(([key, label]) => ({
    value: /^-?\d{1,15}$/.test(key) ? Number(key) : key,
    label,
  }));
}
