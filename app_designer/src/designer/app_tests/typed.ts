import type { GivenValue } from "../../generated/documents.gen";

export type Scalar = Exclude<GivenValue["v"], undefined>;

/** What was typed as the value it means: a number, a truth, nothing, or text. */
export function typedValue(text: string): Scalar {
  const plain = text.trim();
  if (plain === "") return null;
  if (plain === "true" || plain === "false") return plain === "true";
  const number = Number(plain);
  return Number.isFinite(number) && !/^0\d/.test(plain) ? number : text;
}
