import type { Kind, Tag, TagMeta, Value } from "../api/types";

const formats = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string, decimals: number | null): Intl.NumberFormat {
  const key = `${locale}|${decimals}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.NumberFormat(
      locale,
      decimals === null
        ? { maximumSignificantDigits: 6, signDisplay: "negative" }
        : { minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: "negative" },
    );
    formats.set(key, format);
  }
  return format;
}

/** A number for a reader; `decimals` null means six significant digits. */
export function formatNumber(value: number, decimals: number | null, locale: string): string {
  return numberFormat(locale, decimals).format(value);
}

export interface ShownValue {
  text: string;
  unit: string;
  /** The text is a word (a value text, a string) rather than digits. */
  word: boolean;
}

const WHOLE = /^-?\d{1,20}$/;

/** A value with the decimals, texts and unit of its tag. `yes` and `no` are the words for booleans without texts. */
export function formatValue(
  value: Value,
  of: Pick<Tag, "kind" | "meta"> | TagMeta | null,
  locale: string,
  words: { yes: string; no: string; none: string },
  decimals?: number,
): ShownValue {
  const meta: TagMeta = of && "meta" in of ? of.meta : (of ?? {});
  const kind: Kind | null = of && "meta" in of ? of.kind : null;
  const unit = meta.unit ?? "";
  if (value === null) return { text: words.none, unit, word: false };
  const text = valueText(meta, value, locale);
  if (text !== undefined) return { text, unit: "", word: true };
  if (typeof value === "boolean") return { text: value ? words.yes : words.no, unit: "", word: true };
  if (typeof value === "string") {
    const whole = (kind === "i" || kind === "u") && WHOLE.test(value);
    return { text: whole ? BigInt(value).toLocaleString(locale) : value, unit, word: !whole };
  }
  const places = decimals ?? meta.decimals ?? (kind && kind !== "f" ? 0 : null);
  return { text: formatNumber(value, places, locale), unit, word: false };
}

/** The word of a value, in the reader's language where the tag has it. */
function valueText(meta: TagMeta, value: Value, locale: string): string | undefined {
  const key = textKey(value);
  return meta.texts_i18n?.[locale]?.[key] ?? meta.texts?.[key];
}

/** The key of a value in `texts` and `colors`: booleans count as 1 and 0. */
export function textKey(value: Value): string {
  if (value === true) return "1";
  if (value === false) return "0";
  return String(value);
}

/** A number for drawing: booleans as 1 and 0, long integers rounded, text not at all. */
export function toPlot(value: Value): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "string" && WHOLE.test(value)) return Number(value);
  return null;
}

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"];

export function formatBytes(bytes: number, locale: string): string {
  let size = bytes;
  let step = 0;
  while (size >= 1024 && step < BYTE_UNITS.length - 1) {
    size /= 1024;
    step += 1;
  }
  return `${formatNumber(size, step === 0 || size >= 100 ? 0 : 1, locale)} ${BYTE_UNITS[step]}`;
}
