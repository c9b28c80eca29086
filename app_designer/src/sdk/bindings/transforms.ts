import type { Transform } from "../../generated/documents.gen";
import type { Value } from "../api/types";
import { textKey } from "../format/number";

/** Rounds half away from zero, as everywhere in Interlock. */
export function roundHalfAway(value: number, decimals: number): number {
  const factor = 10 ** decimals;
  const scaled = Math.abs(value) * factor;
  // A decimal such as 1.005 lies a hair below its half; a relative epsilon lifts it.
  return (Math.sign(value) * Math.floor(scaled * (1 + Number.EPSILON) + 0.5)) / factor;
}

function step(value: Value, transform: Transform): Value {
  if (value === null) return null;
  if (transform.op === "map") {
    const mapped = transform.table?.[textKey(value)];
    return mapped === undefined ? value : (mapped as Value);
  }
  const number =
    typeof value === "boolean" ? Number(value) : typeof value === "string" ? Number(value) : value;
  if (!Number.isFinite(number)) return value;
  if (transform.op === "scale") return number * (transform.factor ?? 1) + (transform.offset ?? 0);
  if (transform.op === "clamp") {
    return Math.min(transform.max ?? Infinity, Math.max(transform.min ?? -Infinity, number));
  }
  return roundHalfAway(number, transform.decimals ?? 0);
}

/** A value after the steps of its binding; null (bad) stays null. */
export function applyTransforms(value: Value, transforms: readonly Transform[]): Value {
  return transforms.reduce(step, value);
}
