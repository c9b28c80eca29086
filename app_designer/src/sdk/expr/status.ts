import type { Node } from "./ast";
import { equal } from "./operators";
import { alone, type Code, fault, finite, fromData, join, type Raw, type Run, wrongType } from "./run";
import { BAD, TYPE_MISMATCH, UNCERTAIN } from "./types";

/** Looks at a value without becoming bad or old by it. */
function observed(arg: Code, of: (run: Run, q: number, ts: number) => Raw): Code {
  return (run) => {
    const { q, ts, why } = run;
    alone(run, arg);
    const seenQ = run.q;
    const seenTs = run.ts;
    run.q = q;
    run.ts = ts;
    run.why = why;
    return of(run, seenQ, seenTs);
  };
}

function coalesceCode(args: readonly Code[]): Code {
  return (run) => {
    const { q, ts, why } = run;
    let worst = 0;
    let oldest = Number.POSITIVE_INFINITY;
    let reason: string | null = null;
    for (const arg of args) {
      const value = alone(run, arg);
      if (value !== null) {
        join(run, q, ts, why);
        return value;
      }
      worst = Math.max(worst, run.q);
      oldest = Math.min(oldest, run.ts);
      reason ??= run.why;
    }
    run.q = worst;
    run.ts = oldest;
    run.why = reason;
    join(run, q, ts, why);
    return null;
  };
}

function switchCode(args: readonly Code[]): Code {
  const [subject, ...rest] = args as [Code, ...Code[]];
  const other = rest.length % 2 === 1 ? rest[rest.length - 1] : undefined;
  return (run) => {
    const x = subject(run);
    if (x === null) return null;
    for (let i = 0; i + 1 < rest.length; i += 2) {
      const same = equal(run, x, (rest[i] as Code)(run));
      if (same === null) return null;
      if (same) return (rest[i + 1] as Code)(run);
    }
    return other ? other(run) : null;
  };
}

/** Code of `last_good(name)`. */
export function lastGood(name: string, variable: Code): Code {
  return (run) => {
    const input = Object.hasOwn(run.vars, name) ? run.vars[name] : undefined;
    if (!input || input.q < BAD || !input.good) return variable(run);
    if (run.q < UNCERTAIN) run.q = UNCERTAIN;
    if (input.good.ts < run.ts) run.ts = input.good.ts;
    return fromData(run, input.good.v);
  };
}

/** Code of `convert(…)` at a place of the text: what it does depends on the units of the inputs. */
export function convertCode(value: Code, place: number): Code {
  return (run) => {
    const x = value(run);
    const by = run.plan?.conversions.get(place);
    if (typeof x !== "number") return x === null ? null : wrongType(run);
    if (!by) return fault(run, TYPE_MISMATCH, "unit_missing");
    return finite(run, ((x + by.pre) * by.num) / by.den - by.post);
  };
}

/** Code of `unit(…)`. */
export function unitCode(place: number): Code {
  return (run) => run.plan?.texts.get(place) ?? "";
}

export const STATUS: Readonly<Record<string, (args: readonly Code[], nodes: readonly Node[]) => Code>> = {
  quality: (args) => observed(args[0] as Code, (_run, q) => q),
  is_good: (args) => observed(args[0] as Code, (_run, q) => q < UNCERTAIN),
  is_uncertain: (args) => observed(args[0] as Code, (_run, q) => q >= UNCERTAIN && q < BAD),
  is_bad: (args) => observed(args[0] as Code, (_run, q) => q >= BAD),
  age: (args) =>
    observed(args[0] as Code, (run, _q, ts) =>
      ts === Number.POSITIVE_INFINITY ? 0 : Math.max(0, (run.now - ts) / 1e6),
    ),
  timestamp: (args) =>
    observed(args[0] as Code, (_run, _q, ts) => (ts === Number.POSITIVE_INFINITY ? null : ts / 1e6)),
  coalesce: coalesceCode,
  switch: switchCode,
};
