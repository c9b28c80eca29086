import { SOURCE_MAX } from "./types";

/** A formula that is no formula: one problem, with its place. */
export class SyntaxProblem extends Error {
  constructor(
    readonly code: string,
    readonly start: number,
    readonly end: number,
    readonly values: Readonly<Record<string, string>> = {},
  ) {
    super(code);
  }
}

export type TokenKind = "number" | "string" | "name" | "op" | "end";
export interface Token {
  kind: TokenKind;
  /** The text of an operator or name; the content of a string. */
  text: string;
  number: number;
  start: number;
  end: number;
}

/** What a Chinese keyboard types, and the signs of arithmetic: read as their plain forms outside of texts. */
const SAME_AS: Readonly<Record<string, string>> = {
  "（": "(",
  "）": ")",
  "［": "[",
  "］": "]",
  "，": ",",
  "？": "?",
  "：": ":",
  "！": "!",
  "＝": "=",
  "＜": "<",
  "＞": ">",
  "＋": "+",
  "－": "-",
  "＊": "*",
  "／": "/",
  "％": "%",
  "．": ".",
  "×": "*",
  "÷": "/",
  "≤": "<=",
  "≥": ">=",
  "≠": "!=",
};
const DOUBLE = ["==", "!=", "<=", ">=", "&&", "||"];
const SINGLE = "+-*/%<>!?:()[],.";
const BLANK = " \t\n\r\u3000\u00a0";
const NUMBER = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  "\\": "\\",
  '"': '"',
  "'": "'",
};

/** Cuts a formula into tokens; the last is `end`. Throws SyntaxProblem. */
export function tokenize(text: string): Token[] {
  if (text.length > SOURCE_MAX && [...text].length > SOURCE_MAX) {
    throw new SyntaxProblem("too_long", 0, text.length, { max: String(SOURCE_MAX) });
  }
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (BLANK.includes(char)) {
      at += 1;
      continue;
    }
    const token = next(text, at, char);
    tokens.push(token);
    at = token.end;
  }
  tokens.push({ kind: "end", text: "", number: 0, start: text.length, end: text.length });
  return tokens;
}

function next(text: string, at: number, char: string): Token {
  if (/[0-9]/.test(char) || (char === "." && /[0-9]/.test(text.charAt(at + 1)))) return number(text, at);
  if (char === '"' || char === "'") return string(text, at, char);
  NAME.lastIndex = at;
  const name = NAME.exec(text);
  if (name) return { kind: "name", text: name[0], number: 0, start: at, end: at + name[0].length };
  return operator(text, at, char);
}

function number(text: string, at: number): Token {
  NUMBER.lastIndex = at;
  const found = NUMBER.exec(text)?.[0] ?? "";
  const end = at + found.length;
  if (/[A-Za-z0-9_]/.test(text.charAt(end))) {
    NAME.lastIndex = end;
    const rest = NAME.exec(text)?.[0] ?? text.charAt(end);
    throw new SyntaxProblem("bad_number", at, end + rest.length, { text: found + rest });
  }
  const value = Number(found);
  if (!Number.isFinite(value)) throw new SyntaxProblem("number_too_large", at, end);
  return { kind: "number", text: found, number: value, start: at, end };
}

function string(text: string, start: number, quote: string): Token {
  let out = "";
  let at = start + 1;
  for (;;) {
    const char = text.charAt(at);
    if (char === "" || char === "\n") throw new SyntaxProblem("unterminated_string", start, at);
    if (char === quote) return { kind: "string", text: out, number: 0, start, end: at + 1 };
    if (char !== "\\") {
      out += char;
      at += 1;
      continue;
    }
    const [piece, length] = escaped(text, at);
    out += piece;
    at += length;
  }
}

function escaped(text: string, at: number): [string, number] {
  const char = text.charAt(at + 1);
  const plain = ESCAPES[char];
  if (char !== "" && plain !== undefined) return [plain, 2];
  const long = /^u(?:([0-9a-fA-F]{4})|\{([0-9a-fA-F]{1,6})\})/.exec(text.slice(at + 1, at + 10));
  const code = Number.parseInt(long?.[1] ?? long?.[2] ?? "", 16);
  if (long && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)) {
    return [String.fromCodePoint(code), 1 + long[0].length];
  }
  const end = Math.min(text.length, at + 1 + String.fromCodePoint(text.codePointAt(at + 1) ?? 65).length);
  throw new SyntaxProblem("bad_escape", at, end, { text: text.slice(at, end) });
}

function operator(text: string, at: number, char: string): Token {
  const first = SAME_AS[char] ?? char;
  const second = text.charAt(at + 1);
  const pair = first.length === 1 ? first + (SAME_AS[second] ?? second) : "";
  const op = (text: string, length: number): Token => {
    return { kind: "op", text, number: 0, start: at, end: at + length };
  };
  if (DOUBLE.includes(pair)) return op(pair, 2);
  if (first.length === 2 || SINGLE.includes(first)) return op(first, 1);
  if (first === "=") throw new SyntaxProblem("single_equals", at, at + 1);
  if (first === "&" || first === "|") throw new SyntaxProblem("single_logic", at, at + 1, { text: first });
  if ("“”‘’「」".includes(char)) throw new SyntaxProblem("curly_quote", at, at + 1, { text: char });
  const whole = String.fromCodePoint(text.codePointAt(at) ?? 0);
  throw new SyntaxProblem("unexpected_character", at, at + whole.length, { text: whole });
}
