import type { EntryLimits } from "./entry_limits";
import type { useFieldTexts } from "./texts";

/** What may be entered, in words; empty when everything may. */
export function rangeText(limits: EntryLimits, t: ReturnType<typeof useFieldTexts>): string {
  const { min, max, unit } = limits;
  const end = unit ? ` ${unit}` : "";
  if (min !== null && max !== null) return t("range", { min: String(min), max: `${max}${end}` });
  if (min !== null) return t("range_from", { min: `${min}${end}` });
  return max !== null ? t("range_to", { max: `${max}${end}` }) : "";
}
