import type { ShownValue } from "@sdk/format/number";

/** A shown value with its unit. */
export const words = ({ text, unit }: ShownValue): string => (unit ? `${text} ${unit}` : text);
