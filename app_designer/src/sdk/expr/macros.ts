import type { MacroName } from "./ast";
import { alone, type Code, element, fault, join, List, type Raw, type Run, wrongType } from "./run";
import { BAD, STEPS_MAX } from "./types";

/** Room for another round of `weight` steps; false once the limit is reached. */
export function charge(run: Run, weight: number): boolean {
  run.steps += weight;
  if (run.steps <= STEPS_MAX) return true;
  fault(run, BAD, "too_many_steps");
  return false;
}

export function local(slot: number): Code {
  return (run) => {
    const q = run.localQ[slot] ?? 0;
    const ts = run.localTs[slot] ?? Number.POSITIVE_INFINITY;
    if (q > run.q) run.q = q;
    if (ts < run.ts) run.ts = ts;
    return run.localV[slot] ?? null;
  };
}

/** Puts element `i` into the macro's variable; the evaluation's own quality and time stay as they are. */
function enter(run: Run, list: List, i: number, slot: number): void {
  const { q, ts } = run;
  run.q = 0;
  run.ts = Number.POSITIVE_INFINITY;
  run.localV[slot] = element(run, list, i);
  run.localQ[slot] = run.q;
  run.localTs[slot] = run.ts;
  run.q = q;
  run.ts = ts;
}

function mapped(list: Code, body: Code, slot: number, weight: number): Code {
  return (run) => {
    const from = list(run);
    if (!(from instanceof List)) return from === null ? null : wrongType(run);
    const { q, ts } = run;
    let reason = run.why;
    const values: Raw[] = [];
    const qs: number[] = [];
    const times: number[] = [];
    for (let i = 0; i < from.items.length; i += 1) {
      if (!charge(run, weight)) return null;
      enter(run, from, i, slot);
      let value = alone(run, body);
      if (value instanceof List) value = wrongType(run);
      values.push(value);
      qs.push(run.q);
      times.push(run.ts);
      reason ??= run.why;
      run.q = q;
      run.ts = ts;
      run.why = reason;
    }
    return new List(values, qs, times);
  };
}

function filtered(list: Code, body: Code, slot: number, weight: number): Code {
  return (run) => {
    const from = list(run);
    if (!(from instanceof List)) return from === null ? null : wrongType(run);
    const values: Raw[] = [];
    const qs: number[] = [];
    const times: number[] = [];
    for (let i = 0; i < from.items.length; i += 1) {
      if (!charge(run, weight)) return null;
      enter(run, from, i, slot);
      const { q, ts, why } = run;
      const keep = alone(run, body);
      if (keep !== null && typeof keep !== "boolean") wrongType(run);
      join(run, q, ts, why);
      if (keep !== true) continue;
      values.push(run.localV[slot] ?? null);
      qs.push(run.localQ[slot] ?? 0);
      times.push(run.localTs[slot] ?? Number.POSITIVE_INFINITY);
    }
    return new List(values, qs, times);
  };
}

/** `exists` (decides = true) and `all` (decides = false): one element that decides gives its own quality and time. */
function decided(list: Code, body: Code, slot: number, weight: number, decides: boolean): Code {
  return (run) => {
    const from = list(run);
    if (!(from instanceof List)) return from === null ? null : wrongType(run);
    const { q, ts, why } = run;
    let sumQ = 0;
    let sumTs = Number.POSITIVE_INFINITY;
    let reason: string | null = null;
    let open = false;
    for (let i = 0; i < from.items.length; i += 1) {
      if (!charge(run, weight)) return null;
      enter(run, from, i, slot);
      const holds = alone(run, body);
      if (holds === decides) {
        join(run, q, ts, why);
        return holds;
      }
      if (holds !== null && typeof holds !== "boolean") wrongType(run);
      if (holds === null) open = true;
      sumQ = Math.max(sumQ, run.q);
      sumTs = Math.min(sumTs, run.ts);
      reason ??= run.why;
      run.q = q;
      run.ts = ts;
      run.why = why;
    }
    join(run, sumQ, sumTs, why ?? reason);
    return sumQ >= 128 || open ? null : !decides;
  };
}

export function macroCode(name: MacroName, list: Code, body: Code, slot: number, weight: number): Code {
  if (name === "map") return mapped(list, body, slot, weight);
  if (name === "filter") return filtered(list, body, slot, weight);
  return decided(list, body, slot, weight, name === "exists");
}
