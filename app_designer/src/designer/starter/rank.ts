import type { Asset, RoleRow, Tag } from "@sdk/api/types";
import type { Plant } from "../model/contract";

/** A signal of a machine, with what decides where it goes on a page. */
export interface RankedSignal {
  role: string;
  tag: Tag;
  /** Higher is more telling. */
  score: number;
}

/** Roles a reader looks for first, whatever the machine. */
const TELLING = [
  "temperature", "pressure", "speed", "power", "current", "level", "flow", "vibration", "good_count", "reject_count",
  "energy", "cycle_time", "voltage",
]; // biome-ignore format: a list of words

export const isStateTag = (tag: Tag): boolean =>
  Object.keys(tag.meta.colors ?? {}).length > 0 ||
  (tag.kind !== "f" && Object.keys(tag.meta.texts ?? {}).length > 1);

const isNumber = (tag: Tag): boolean => tag.kind === "f" || tag.kind === "i" || tag.kind === "u";

/** The role map rows that hold now: of several for one role, the one that began last. */
function presentRows(rows: readonly RoleRow[], asset: string): Map<string, RoleRow> {
  const found = new Map<string, RoleRow>();
  for (const row of rows) {
    if (row.asset !== asset) continue;
    const before = found.get(row.role);
    if (!before || (row.valid_from ?? 0) >= (before.valid_from ?? 0)) found.set(row.role, row);
  }
  return found;
}

function scoreOf(role: string, tag: Tag): number {
  const { limits, span, unit } = tag.meta;
  const limited = Object.values(limits ?? {}).some((value) => value !== null && value !== undefined);
  const place = TELLING.findIndex((word) => role.includes(word));
  const aimed = /setpoint|set_point|target/.test(role) ? -40 : 0;
  return (limited ? 40 : 0) + (span ? 10 : 0) + (unit ? 10 : 0) + (place >= 0 ? 30 - place : 0) + aimed;
}

/** What one machine tells: its state (if it has one) and its numbers, the most telling first. */
export function signalsOf(
  plant: Plant,
  asset: string,
): { state: RankedSignal | null; numbers: RankedSignal[] } {
  const all: RankedSignal[] = [];
  for (const [role, row] of presentRows(plant.roles, asset)) {
    const tag = plant.tags.get(row.tag_id);
    if (tag) all.push({ role, tag, score: scoreOf(role, tag) });
  }
  all.sort((a, b) => b.score - a.score || a.role.localeCompare(b.role));
  const states = all.filter(({ tag }) => isStateTag(tag));
  const state = states.find(({ role }) => role === "state") ?? states[0] ?? null;
  return { state, numbers: all.filter(({ tag }) => isNumber(tag) && !isStateTag(tag)) };
}

/** Assets that have signals of their own, in the order of the plant. */
export function machinesOf(plant: Plant): Asset[] {
  const mapped = new Set(plant.roles.map((row) => row.asset));
  return plant.assets.filter((asset) => mapped.has(asset.id));
}
