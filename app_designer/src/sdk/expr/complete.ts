import { FUNCTION_DOCS, type FunctionDoc } from "../../generated/expr_docs.gen";
import { UNITS } from "../../generated/units.gen";
import { SyntaxProblem, type Token, tokenize } from "./lexer";
import type { VarType } from "./types";

export type CompletionKind = "variable" | "field" | "function" | "constant" | "unit";
export interface Completion {
  kind: CompletionKind;
  label: string;
  /** What replaces the text from `start` to `end`; the cursor goes to its end, or before a `)` it ends with. */
  insert: string;
  start: number;
  end: number;
  detail: string;
  doc: { en: string; "zh-CN": string } | null;
}

const CONSTANTS = ["true", "false", "null"];
const ITEMS_MAX = 60;

/** What may stand at the cursor, best first. Works on formulas that are not finished. */
export function complete(
  text: string,
  cursor: number,
  vars: Readonly<Record<string, VarType>>,
): readonly Completion[] {
  const before = text.slice(0, cursor);
  const open = openText(before);
  if (open) return unitItems(open, cursor);
  const tokens = tokensOf(before);
  const last = tokens[tokens.length - 1];
  const typing = last?.kind === "name" && last.end === cursor ? last : null;
  const start = typing ? typing.start : cursor;
  const prefix = typing ? typing.text.toLowerCase() : "";
  const rest = typing ? tokens.slice(0, -1) : tokens;
  const previous = rest[rest.length - 1];
  const place = { start, end: cursor };
  if (previous?.kind === "op" && previous.text === ".") return fieldItems(rest, prefix, place, vars);
  // After a value comes an operator, not a name.
  if (previous && endsValue(previous)) return [];
  const items = [...variableItems(vars, place), ...functionItems(place), ...constantItems(place)];
  return ranked(items, prefix);
}

type Place = { start: number; end: number };

function ranked(items: readonly Completion[], prefix: string): Completion[] {
  const score = (item: Completion): number => {
    const label = item.label.toLowerCase();
    if (label.startsWith(prefix)) return 0;
    return label.includes(prefix) ? 1 : 2;
  };
  return items
    .filter((item) => score(item) < 2)
    .sort((a, b) => score(a) - score(b))
    .slice(0, ITEMS_MAX);
}

function variableItems(vars: Readonly<Record<string, VarType>>, place: Place): Completion[] {
  return Object.entries(vars).map(([name, { type, unit }]) => {
    const detail = unit ? `${type} · ${unit}` : type;
    return { kind: "variable", label: name, insert: name, detail, doc: null, ...place };
  });
}

/** How a function is called, for people. */
export const callText = ({ name, args, result }: FunctionDoc): string =>
  `${name}(${args.join(", ")}) → ${result}`;

function functionItems(place: Place): Completion[] {
  return FUNCTION_DOCS.map((item) => {
    const insert = `${item.name}()`;
    return { kind: "function", label: item.name, insert, detail: callText(item), doc: item.doc, ...place };
  });
}

function constantItems(place: Place): Completion[] {
  return CONSTANTS.map((name) => {
    return { kind: "constant", label: name, insert: name, detail: "", doc: null, ...place };
  });
}

function fieldItems(
  tokens: readonly Token[],
  prefix: string,
  place: Place,
  vars: Readonly<Record<string, VarType>>,
): Completion[] {
  const path: string[] = [];
  for (let at = tokens.length - 1; at > 0; at -= 2) {
    const dot = tokens[at];
    const name = tokens[at - 1];
    if (dot?.kind !== "op" || dot.text !== "." || name?.kind !== "name") break;
    path.unshift(name.text);
  }
  let fields: Readonly<Record<string, VarType>> | undefined = vars;
  for (const name of path) fields = fields && Object.hasOwn(fields, name) ? fields[name]?.fields : undefined;
  if (!fields || path.length === 0) return [];
  const items = variableItems(fields, place).map((item): Completion => ({ ...item, kind: "field" }));
  return ranked(items, prefix);
}

const endsValue = (token: Token): boolean =>
  token.kind === "number" ||
  token.kind === "string" ||
  (token.kind === "op" && (token.text === ")" || token.text === "]")) ||
  (token.kind === "name" && !["in", "and", "or", "not"].includes(token.text));

function tokensOf(text: string): Token[] {
  try {
    return tokenize(text).slice(0, -1);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    // What stands before the mistake tells nothing about the cursor after it; before it, it does.
    return error.start > 0 && error.end < text.length ? tokensOf(text.slice(error.end)) : [];
  }
}

/** The text the cursor is in: where it began and what it follows. */
function openText(before: string): { start: number; text: string; tokens: Token[] } | null {
  try {
    tokenize(before);
    return null;
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    if (error.code !== "unterminated_string") return null;
    const start = error.start + 1;
    return { start, text: before.slice(start), tokens: tokensOf(before.slice(0, error.start)) };
  }
}

/** Inside of a text that is an argument of `convert`: units. */
function unitItems(open: { start: number; text: string; tokens: Token[] }, cursor: number): Completion[] {
  if (callAround(open.tokens) !== "convert") return [];
  const items = UNITS.map(([id, dimension, , , , aliases]): Completion => {
    const detail = [dimension, ...aliases].join(", ");
    return { kind: "unit", label: id, insert: id, detail, doc: null, start: open.start, end: cursor };
  });
  const wanted = open.text.toLowerCase();
  const direct = ranked(items, wanted);
  const others = items.filter((item) => !direct.includes(item) && item.detail.toLowerCase().includes(wanted));
  return [...direct, ...others].slice(0, ITEMS_MAX);
}

/** Name of the function whose brackets the end of the tokens is in. */
export function callAround(tokens: readonly Token[]): string | null {
  let depth = 0;
  for (let at = tokens.length - 1; at > 0; at -= 1) {
    const token = tokens[at];
    if (token?.kind !== "op") continue;
    if (token.text === ")" || token.text === "]") depth += 1;
    if (token.text !== "(" && token.text !== "[") continue;
    if (depth > 0) {
      depth -= 1;
      continue;
    }
    const name = tokens[at - 1];
    return token.text === "(" && name?.kind === "name" ? name.text : null;
  }
  return null;
}
