import type { Preferences } from "../api/plant";

const OPENED_MAX = 20;
const FAVOURITES_MAX = 50;

/** An app that was opened: it comes first. */
export function withOpened(before: Preferences, app: string, page: string, ts: number): Preferences {
  const others = before.last_opened.filter((mark) => mark.app !== app);
  return { ...before, last_opened: [{ app, page, ts }, ...others].slice(0, OPENED_MAX) };
}

export const isFavourite = (preferences: Preferences, app: string): boolean =>
  preferences.favourites.some((mark) => mark.app === app);

/** An app with its star set or taken away; the oldest star goes when there are too many. */
export function withStar(before: Preferences, app: string, starred: boolean): Preferences {
  const others = before.favourites.filter((mark) => mark.app !== app);
  return { ...before, favourites: starred ? [...others, { app }].slice(-FAVOURITES_MAX) : others };
}

/** Where an app stands on the home page: favourites first, then those opened last, then by name. */
export function homeOrder<T extends { id: string; name: string }>(
  apps: readonly T[],
  from: Preferences,
): T[] {
  const opened = new Map(from.last_opened.map((mark) => [mark.app, mark.ts ?? 0]));
  const rank = ({ id }: T) => (isFavourite(from, id) ? 0 : 1);
  const by = (a: T, b: T) =>
    rank(a) - rank(b) ||
    (opened.get(b.id) ?? 0) - (opened.get(a.id) ?? 0) ||
    a.name.localeCompare(b.name, undefined, { numeric: true });
  return [...apps].sort(by);
}

/** A dimension with the unit to show; empty: as it is stored. */
export function withUnit(before: Preferences, dimension: string, unit: string): Preferences {
  const { [dimension]: _replaced, ...others } = before.units;
  return { ...before, units: unit ? { ...others, [dimension]: unit } : others };
}
