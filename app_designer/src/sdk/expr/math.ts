import { exp, log, pow } from "./elementary";
import { type Code, element, fault, finite, List, type Raw, type Run, wrongType } from "./run";
import { BAD, NOT_A_NUMBER } from "./types";

const DIGITS_MAX = 10;
const FACTORS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];
/** From here on a double has no halves. */
const WHOLE_FROM = 4503599627370496;

function one(arg: Code, of: (x: number, run: Run) => Raw): Code {
  return (run) => {
    const x = arg(run);
    if (typeof x === "number") return of(x, run);
    return x === null ? null : wrongType(run);
  };
}

function two(args: readonly Code[], of: (x: number, y: number, run: Run) => Raw): Code {
  const [first, second] = args as [Code, Code];
  return (run) => {
    const x = first(run);
    const y = second(run);
    if (typeof x === "number" && typeof y === "number") return of(x, y, run);
    return x === null || y === null ? null : wrongType(run);
  };
}

/** Half away from zero; a decimal such as 1.005 lies a hair below its half, a relative epsilon lifts it. */
export function rounded(x: number, digits: number): number {
  const factor = FACTORS[digits] ?? 1;
  const scaled = Math.abs(x) * factor;
  if (!(scaled < WHOLE_FROM)) return x;
  const size = Math.floor(scaled * (1 + Number.EPSILON) + 0.5) / factor;
  return x < 0 ? -size : size;
}

/** A count of decimals from a value; -1 after a fault. */
export function digitsOf(run: Run, digits: number): number {
  if (Number.isInteger(digits) && digits >= 0 && digits <= DIGITS_MAX) return digits;
  fault(run, BAD, "digits");
  return -1;
}

function roundCode(args: readonly Code[]): Code {
  const [x] = args as [Code];
  if (args.length === 1) return one(x, (value) => rounded(value, 0));
  return two(args, (value, wanted, run) => {
    const digits = digitsOf(run, wanted);
    return digits < 0 ? null : rounded(value, digits);
  });
}

function powCode(args: readonly Code[]): Code {
  return two(args, (x, y, run) => {
    if (x === 0 && y < 0) return fault(run, NOT_A_NUMBER, "division_by_zero");
    if (x < 0 && !Number.isInteger(y)) return fault(run, NOT_A_NUMBER, "negative_base");
    return finite(run, pow(x, y));
  });
}

function clampCode(args: readonly Code[]): Code {
  const [value, low, high] = args as [Code, Code, Code];
  return (run) => {
    const x = value(run);
    const lo = low(run);
    const hi = high(run);
    if (typeof x === "number" && typeof lo === "number" && typeof hi === "number") {
      return x < lo ? lo : x > hi ? hi : x;
    }
    return x === null || lo === null || hi === null ? null : wrongType(run);
  };
}

/** A number made of several numbers or of one list. `fold` goes from left to right; `end` finishes. */
function folded(
  args: readonly Code[],
  fold: (sum: number, x: number) => number,
  first: number | null,
  end: (sum: number, count: number) => number,
): Code {
  const [only] = args as [Code];
  const step = (run: Run, sum: number | null, x: Raw): number | null => {
    if (typeof x !== "number") return x === null ? null : wrongType(run);
    return sum === null ? x : fold(sum, x);
  };
  const done = (run: Run, sum: number | null, count: number): Raw =>
    sum === null ? null : finite(run, end(sum, count));
  const ofList = (run: Run, list: List): Raw => {
    run.steps += list.items.length;
    let sum = first;
    let missing = false;
    for (let i = 0; i < list.items.length; i += 1) {
      const next = step(run, missing ? first : sum, element(run, list, i));
      if (next === null) missing = true;
      else if (!missing) sum = next;
    }
    return missing || (list.items.length === 0 && first === null) ? null : done(run, sum, list.items.length);
  };
  return (run) => {
    if (args.length === 1) {
      const value = only(run);
      if (value instanceof List) return ofList(run, value);
      return done(run, step(run, first, value), 1);
    }
    let sum = first;
    let missing = false;
    for (const arg of args) {
      const next = step(run, missing ? first : sum, arg(run));
      if (next === null) missing = true;
      else if (!missing) sum = next;
    }
    return missing ? null : done(run, sum, args.length);
  };
}

const same = (sum: number): number => sum;
const add = (sum: number, x: number): number => sum + x;

function averageCode(args: readonly Code[]): Code {
  return folded(args, add, null, (sum, count) => sum / count);
}

export const MATH: Readonly<Record<string, (args: readonly Code[]) => Code>> = {
  abs: (args) => one(args[0] as Code, Math.abs),
  floor: (args) => one(args[0] as Code, Math.floor),
  ceil: (args) => one(args[0] as Code, Math.ceil),
  sign: (args) => one(args[0] as Code, (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  sqrt: (args) =>
    one(args[0] as Code, (x, run) => (x < 0 ? fault(run, NOT_A_NUMBER, "negative_root") : Math.sqrt(x))),
  log: (args) =>
    one(args[0] as Code, (x, run) => (x > 0 ? log(x) : fault(run, NOT_A_NUMBER, "negative_log"))),
  exp: (args) => one(args[0] as Code, (x, run) => finite(run, exp(x))),
  round: roundCode,
  pow: powCode,
  clamp: clampCode,
  min: (args) => folded(args, (a, b) => (b < a ? b : a), null, same),
  max: (args) => folded(args, (a, b) => (b > a ? b : a), null, same),
  sum: (args) => folded(args, add, 0, same),
  avg: averageCode,
};
