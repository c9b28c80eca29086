import { digitsOf, rounded } from "./math";
import {
  type Code,
  chargeText,
  codePoints,
  element,
  fault,
  finite,
  List,
  type Raw,
  type Run,
  shortText,
  wrongType,
} from "./run";
import { BAD, TEXT_MAX, TYPE_MISMATCH } from "./types";

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const SURROGATE = /[\ud800-\udfff]/;
/** Writing a number takes longer than adding one. */
const JOIN_STEPS = 8;
const FIXED_BELOW = 1e15;

function strings(args: readonly Code[], of: (run: Run, a: string, b: string, c: string) => Raw): Code {
  const [first, second, third] = args as [Code, Code?, Code?];
  return (run) => {
    const a = first(run);
    const b = second ? second(run) : "";
    const c = third ? third(run) : "";
    if (typeof a === "string" && typeof b === "string" && typeof c === "string") {
      chargeText(run, a.length + b.length + c.length);
      return of(run, a, b, c);
    }
    return a === null || b === null || c === null ? null : wrongType(run);
  };
}

function sizeCode(args: readonly Code[]): Code {
  const [arg] = args as [Code];
  return (run) => {
    const value = arg(run);
    if (typeof value === "string") {
      chargeText(run, value.length);
      return codePoints(value);
    }
    if (value instanceof List) return value.items.length;
    return value === null ? null : wrongType(run);
  };
}

function countCode(args: readonly Code[]): Code {
  const [arg] = args as [Code];
  return (run) => {
    const value = arg(run);
    if (value instanceof List) return value.items.length;
    return value === null ? null : wrongType(run);
  };
}

/** A number as text, with no more digits than it needs. */
export const numberText = (x: number): string => String(x === 0 ? 0 : x);

/** Text of a number, yes/no or text; null after a fault or for nothing. */
function plainText(run: Run, value: Raw): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number") return numberText(value);
  if (typeof value === "boolean") return value ? "true" : "false";
  return value === null ? null : wrongType(run);
}

function formatCode(args: readonly Code[]): Code {
  const [x, wanted] = args as [Code, Code];
  return (run) => {
    const value = x(run);
    const places = wanted(run);
    if (typeof value !== "number" || typeof places !== "number") {
      return value === null || places === null ? null : wrongType(run);
    }
    const digits = digitsOf(run, places);
    if (digits < 0) return null;
    const near = rounded(value, digits);
    if (Math.abs(near) >= FIXED_BELOW) return numberText(near);
    return (near === 0 ? 0 : near).toFixed(digits);
  };
}

function numberCode(args: readonly Code[]): Code {
  const [arg] = args as [Code];
  return (run) => {
    const value = arg(run);
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return value ? 1 : 0;
    if (typeof value !== "string") return value === null ? null : wrongType(run);
    const text = value.trim();
    if (!NUMBER.test(text)) return fault(run, TYPE_MISMATCH, "not_a_number");
    return finite(run, Number(text));
  };
}

function substringCode(args: readonly Code[]): Code {
  const [text, from, to] = args as [Code, Code, Code?];
  return (run) => {
    const value = text(run);
    const start = from(run);
    const end = to ? to(run) : Number.MAX_SAFE_INTEGER;
    if (typeof value === "string" && typeof start === "number" && typeof end === "number") {
      if (!Number.isInteger(start) || !Number.isInteger(end)) return fault(run, BAD, "index");
      chargeText(run, value.length);
      return piece(value, Math.max(0, start), Math.max(0, end));
    }
    return value === null || start === null || end === null ? null : wrongType(run);
  };
}

/** Characters from `start` up to `end`, counted in code points. */
function piece(text: string, start: number, end: number): string {
  if (end <= start) return "";
  if (!SURROGATE.test(text)) return text.slice(start, end);
  const from = unitAt(text, 0, start);
  return text.slice(from, unitAt(text, from, end - start));
}

/** The unit `count` code points after unit `at`. */
function unitAt(text: string, at: number, count: number): number {
  let unit = at;
  for (let left = count; left > 0 && unit < text.length; left -= 1) {
    unit += (text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1;
  }
  return unit;
}

function replaced(run: Run, text: string, old: string, by: string): Raw {
  if (old === "") return text;
  const parts = text.split(old);
  const length = text.length + (parts.length - 1) * (by.length - old.length);
  // Two units make one code point at most: beyond this it is too long however it is counted.
  if (length > 2 * TEXT_MAX) return fault(run, 141, "text_too_long");
  return shortText(run, parts.join(by));
}

function joinCode(args: readonly Code[]): Code {
  const [list, between] = args as [Code, Code];
  return (run) => {
    const from = list(run);
    const glue = between(run);
    if (!(from instanceof List) || typeof glue !== "string") {
      return from === null || glue === null ? null : wrongType(run);
    }
    run.steps += JOIN_STEPS * from.items.length;
    let out = "";
    let missing = false;
    for (let i = 0; i < from.items.length; i += 1) {
      const text = plainText(run, element(run, from, i));
      if (text === null) missing = true;
      else if (out.length <= 4 * TEXT_MAX) out += i === 0 ? text : glue + text;
    }
    return missing ? null : shortText(run, out);
  };
}

export const TEXT: Readonly<Record<string, (args: readonly Code[]) => Code>> = {
  size: sizeCode,
  count: countCode,
  upper: (args) => strings(args, (run, a) => shortText(run, a.toUpperCase())),
  lower: (args) => strings(args, (run, a) => shortText(run, a.toLowerCase())),
  trim: (args) => strings(args, (_run, a) => a.trim()),
  contains: (args) => strings(args, (_run, a, b) => a.includes(b)),
  starts_with: (args) => strings(args, (_run, a, b) => a.startsWith(b)),
  ends_with: (args) => strings(args, (_run, a, b) => a.endsWith(b)),
  replace: (args) => strings(args, replaced),
  string: (args) => (run) => plainText(run, (args[0] as Code)(run)),
  substring: substringCode,
  format: formatCode,
  number: numberCode,
  join: joinCode,
};
