import type { LocalText } from "@sdk";

export interface Place {
  x: number;
  y: number;
  label?: LocalText;
}

export interface PlanProps {
  title?: LocalText;
  media?: string;
  places?: Place[];
  show_value?: boolean;
}

/** Where a marker stands that nobody has placed yet: in a row at the top, so that none hides another. */
export function placeOf(places: readonly Place[] | undefined, index: number): Place {
  return places?.[index] ?? { x: 8 + ((index * 14) % 86), y: 10 + Math.floor((index * 14) / 86) * 14 };
}
