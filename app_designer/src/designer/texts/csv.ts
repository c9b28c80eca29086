import type { AppText } from "./collect";
import { withLanguage } from "./collect";
import type { en } from "./en";

const HEADER = ["key", "en", "zh-CN"] as const;
export const TEXT_MAX = 2000;

/** A cell that no spreadsheet takes for a formula. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** The texts as a CSV file, with the mark by which spreadsheets know UTF-8. */
export function toCsv(texts: readonly AppText[]): string {
  const rows = texts.map(({ key, texts: words }) => [key, words.en ?? "", words["zh-CN"] ?? ""]);
  return `\ufeff${[HEADER, ...rows].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

/** Rows of a CSV text with the line each begins at; quotes may hold commas and line breaks. */
export function parseCsv(text: string): { line: number; cells: string[] }[] {
  const rows: { line: number; cells: string[] }[] = [];
  let cells: string[] = [];
  let value = "";
  let quoted = false;
  let line = 1;
  let begin = 1;
  const end = () => {
    cells.push(value);
    value = "";
  };
  const endRow = () => {
    end();
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: begin, cells });
    cells = [];
    begin = line + 1;
  };
  const source = text.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at] ?? "";
    if (quoted && sign === '"' && source[at + 1] === '"') {
      value += '"';
      at += 1;
    } else if (sign === '"' && (quoted || value === "")) quoted = !quoted;
    else if (!quoted && sign === ",") end();
    else if (!quoted && sign === "\n") {
      endRow();
      line += 1;
    } else {
      value += sign;
      if (sign === "\n") line += 1;
    }
  }
  if (value !== "" || cells.length > 0) endRow();
  return rows;
}

export interface CsvProblem {
  text: keyof typeof en;
  values: Record<string, string>;
}
export interface CsvReading {
  /** Key → the text as it would be; only what differs. */
  changed: Map<string, Record<string, string>>;
  problems: CsvProblem[];
}

const plain = (text: string) => (/^'[=+\-@\t\r]/.test(text) ? text.slice(1) : text);

/** What a file would change; every line that is not understood is told, and changes nothing. */
export function readCsv(content: string, texts: readonly AppText[]): CsvReading {
  const known = new Map(texts.map((text) => [text.key, text]));
  const [header, ...rows] = parseCsv(content);
  const reading: CsvReading = { changed: new Map(), problems: [] };
  if (header?.cells.slice(0, 3).join() !== HEADER.join()) {
    reading.problems.push({ text: "line_header", values: {} });
    return reading;
  }
  for (const { line, cells } of rows) {
    const problem = takeRow(line, cells, known, reading.changed);
    if (problem) reading.problems.push(problem);
  }
  return reading;
}

function takeRow(
  line: number,
  cells: readonly string[],
  known: ReadonlyMap<string, AppText>,
  changed: Map<string, Record<string, string>>,
): CsvProblem | null {
  const at = String(line);
  if (cells.length !== HEADER.length) return { text: "line_columns", values: { line: at, count: "3" } };
  const [key = "", ...words] = cells.map(plain);
  const text = known.get(key);
  if (!text) return { text: "line_unknown", values: { line: at, key } };
  if (words.some((word) => word.length > TEXT_MAX)) return { text: "too_long", values: { line: at } };
  let next: Record<string, string> = { ...text.texts };
  for (const [n, language] of (["en", "zh-CN"] as const).entries()) {
    const word = words[n] ?? "";
    if (word !== (text.texts[language] ?? "")) next = withLanguage(next, language, word);
  }
  if (JSON.stringify(next) !== JSON.stringify(text.texts)) changed.set(key, next);
  return null;
}
