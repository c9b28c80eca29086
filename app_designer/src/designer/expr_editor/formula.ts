import { FUNCTION_DOCS } from "@sdk/expr";

export type SpanKind = "name" | "function" | "unknown" | "number" | "string" | "word" | "sign" | "blank";
/** A stretch of a formula, for its colour. */
export interface Span {
  kind: SpanKind;
  text: string;
  start: number;
}

const PARTS =
  /("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)|((?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(\s+)|([\s\S])/gu;
const WORDS = new Set(["true", "false", "null", "in", "and", "or", "not"]);
const FUNCTIONS = new Set(FUNCTION_DOCS.map((doc) => doc.name));

/** Cuts any text into stretches, right or wrong as it may be. */
export function spansOf(text: string, names: ReadonlySet<string>): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(PARTS)) {
    const [whole, string, number, name, blank] = match;
    const start = match.index;
    const kind: SpanKind = string
      ? "string"
      : number
        ? "number"
        : name
          ? nameKind(name, names, text.slice(start + name.length))
          : blank
            ? "blank"
            : "sign";
    spans.push({ kind, text: whole, start });
  }
  return spans;
}

function nameKind(name: string, names: ReadonlySet<string>, after: string): SpanKind {
  if (names.has(name)) return "name";
  if (WORDS.has(name)) return "word";
  return FUNCTIONS.has(name) && /^\s*[(（]/.test(after) ? "function" : "unknown";
}

/** The formula with one name changed wherever it stands as a name: not in texts, not as a function, not as a field. */
export function renamed(text: string, from: string, to: string): string {
  const spans = spansOf(text, new Set([from]));
  return spans
    .map((span, index) => {
      const field = spans[index - 1]?.text === ".";
      return span.kind === "name" && span.text === from && !field ? to : span.text;
    })
    .join("");
}

export const NAME_PATTERN = /^[a-zA-Z_][a-zA-Z0-9_]{0,39}$/;

/** Whether a name may stand for a value. */
export const nameAllowed = (name: string, taken: ReadonlySet<string>): boolean =>
  NAME_PATTERN.test(name) && !taken.has(name) && !WORDS.has(name);
