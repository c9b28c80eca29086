export type Cell = string | number | boolean | null;
export type Direction = "ascending" | "descending";

/** Compares two cells: numbers by size, words by the rules of the language, nothing always last. */
export function compareCells(a: Cell, b: Cell, direction: Direction, collator: Intl.Collator): number {
  if (a === null || a === "") return b === null || b === "" ? 0 : 1;
  if (b === null || b === "") return -1;
  const sign = direction === "ascending" ? 1 : -1;
  if (typeof a === "number" && typeof b === "number") return (a - b) * sign;
  return collator.compare(String(a), String(b)) * sign;
}

/** A cell of a CSV file. Text that a spreadsheet would run as a formula is made plain text. */
export function csvCell(cell: Cell): string {
  if (cell === null) return "";
  const text = String(cell);
  const harmless = typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\n\r;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Rows as CSV (RFC 4180), with a mark that tells spreadsheets that it is UTF-8. */
export function csvOf(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return `\uFEFF${[head, ...rows].map((row) => row.map(csvCell).join(",")).join("\r\n")}\r\n`;
}

/** The first and the number of rows that have to be drawn, with some above and below for smooth scrolling. */
export function visibleRows(
  top: number,
  height: number,
  rowHeight: number,
  count: number,
): { first: number; last: number } {
  const spare = 6;
  const first = Math.max(0, Math.floor(top / rowHeight) - spare);
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + spare);
  return { first: Math.min(first, count), last };
}
