import { type ExprData, UNCERTAIN } from "./types";

const WHOLE = /^-?\d{1,20}$/;

/**
 * The value of an integer tag as a formula takes it. Integers beyond 2^53 travel as texts: they become the nearest
 * double, and the result is uncertain, since its last digits are not those of the device.
 */
export function wideInteger(v: ExprData, q: number): { v: ExprData; q: number } {
  if (typeof v !== "string" || !WHOLE.test(v)) return { v, q };
  const near = Number(v);
  return { v: near, q: Number.isSafeInteger(near) ? q : Math.max(q, UNCERTAIN) };
}
