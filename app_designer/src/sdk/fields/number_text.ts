/** What typed text means as a number, or why it means none. */
export type TypedNumber =
  | { kind: "number"; value: number }
  | { kind: "empty" }
  | { kind: "ambiguous" }
  | { kind: "not_a_number" };

const PLAIN = /^[+-]?(\d{1,15}(\.\d{0,12})?|\.\d{1,12})$/;
const ONE_COMMA = /^[+-]?\d{0,15},\d{1,12}$/;
const GROUPED = /^[+-]?\d{1,3},\d{3}$/;

/**
 * Reads a typed number: point or comma before the decimals, full-width digits, any minus sign.
 * “1,500” may be one and a half or fifteen hundred: it is told as ambiguous, never guessed.
 */
export function readNumber(typed: string): TypedNumber {
  const text = typed
    .normalize("NFKC")
    .replace(/[\s_]/g, "")
    .replace(/[−–—]/g, "-")
    .replace(/[。．]/g, ".")
    .replace(/[，、]/g, ",");
  if (text === "") return { kind: "empty" };
  if (GROUPED.test(text)) return { kind: "ambiguous" };
  const plain = ONE_COMMA.test(text) ? text.replace(",", ".") : text;
  if (!PLAIN.test(plain)) return { kind: "not_a_number" };
  return { kind: "number", value: Number(plain) };
}

/** A number as it stands in an entry: without thousands separators, so that it can be typed over. */
export function writeNumber(value: number, decimals: number | null): string {
  if (decimals !== null) return value.toFixed(Math.min(12, decimals));
  return String(Number(value.toPrecision(12)));
}
