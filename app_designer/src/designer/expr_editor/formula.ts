import type { Language } from "@sdk/i18n/catalogue";
import { FUNCTION_DOCS, type FunctionDoc } from "../../generated/expr_docs.gen";
import { PROBLEMS } from "../../generated/expr_messages.gen";

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
const FUNCTIONS = new Map(FUNCTION_DOCS.map((doc) => [doc.name, doc]));

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

export interface Suggestion {
  insert: string;
  label: string;
  /** What stands behind it in the list. */
  note: string;
  doc: string;
  example: string;
  kind: "name" | "function";
}

export interface Completion {
  /** Where the word that is being typed begins. */
  start: number;
  items: Suggestion[];
}

const SUGGESTIONS_MAX = 12;

function functionSuggestion(doc: FunctionDoc, language: Language): Suggestion {
  const args = doc.args.map((arg) => arg.split(":")[0] ?? arg).join(", ");
  return {
    insert: `${doc.name}(${doc.args.length === 0 ? ")" : ""}`,
    label: `${doc.name}(${args})`,
    note: doc.result,
    doc: doc.doc[language],
    example: `${doc.example} → ${doc.gives}`,
    kind: "function",
  };
}

/** What may be meant by the word before the cursor: names first, then functions. */
export function completionAt(
  text: string,
  cursor: number,
  names: readonly { name: string; note: string }[],
  language: Language,
): Completion {
  const before = /[A-Za-z_][A-Za-z0-9_]*$/.exec(text.slice(0, cursor))?.[0] ?? "";
  const start = cursor - before.length;
  if (before === "" || text[start - 1] === ".") return { start: cursor, items: [] };
  const word = before.toLowerCase();
  const begins = (name: string) => name.toLowerCase().startsWith(word);
  const has = (name: string) => !begins(name) && name.toLowerCase().includes(word);
  const ranked = <T>(list: readonly T[], nameOf: (item: T) => string) => [
    ...list.filter((item) => begins(nameOf(item))),
    ...list.filter((item) => has(nameOf(item))),
  ];
  const values: Suggestion[] = ranked(names, (item) => item.name).map(({ name, note }) => ({
    insert: name,
    label: name,
    note,
    doc: "",
    example: "",
    kind: "name",
  }));
  const functions = ranked(FUNCTION_DOCS, (doc) => doc.name).map((doc) => functionSuggestion(doc, language));
  const items = [...values, ...functions].filter((item) => item.insert !== before).slice(0, SUGGESTIONS_MAX);
  return { start, items };
}

/** A problem of a formula in the reader's language, with what to do. */
export function problemText(
  problem: { code: string; values: Readonly<Record<string, string>> },
  language: Language,
): string {
  const known = PROBLEMS[problem.code]?.[language];
  if (!known) return problem.code;
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (hole, name: string) => problem.values[name] ?? hole);
  return `${fill(known.message)} ${fill(known.hint)}`.trim();
}
