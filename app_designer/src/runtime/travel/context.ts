import { createContext, useContext } from "react";

/** Leads into the past. Provided around an open page; null where there is none (designer, gallery). */
export interface TravelControl {
  /** Whether the past is shown. */
  away: boolean;
  /** The moment that is shown, µs UTC; null: live. */
  moment: () => number | null;
  /** Shows the page as of now, standing still. */
  depart: () => void;
}

export const TravelContext = createContext<TravelControl | null>(null);
export const useTravel = (): TravelControl | null => useContext(TravelContext);

/** A moment as an address holds it. */
export const momentText = (us: number): string => new Date(us / 1000).toISOString();

const ISO = /^\d{4}-\d\d-\d\dT/;

/** The moment an address names; null for one that names none. */
export function momentFrom(text: string | null): number | null {
  const ms = text !== null && ISO.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? ms * 1000 : null;
}
