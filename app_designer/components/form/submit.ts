import {
  type ComponentProps,
  entryMeta,
  type FieldDrafts,
  type FieldSpec,
  readField,
  type Signal,
  type UnitWishes,
  type Value,
  type WriteOutcome,
} from "@sdk";

/** A field with the number of its target. */
export interface Placed {
  spec: FieldSpec;
  target: string;
}

/** The target of each field: `values/<no>`, where `no` is its own number or its place in the list. */
export function placedFields(fields: readonly FieldSpec[]): Placed[] {
  return fields.map((spec, index) => ({ spec, target: `values/${spec.no ?? index}` }));
}

export interface Entry {
  id: string;
  target: string;
  value: Value;
}

export type FieldOutcome = WriteOutcome & { id: string };

/** What is to be written: fields that are shown, bound and filled. */
export function entriesOf(
  shown: readonly Placed[],
  drafts: FieldDrafts,
  targets: Readonly<Record<string, Signal>>,
  wishes: UnitWishes,
): Entry[] {
  return shown.flatMap(({ spec, target }) => {
    const signal = targets[target];
    if (!signal) return [];
    const { value, problem } = readField(spec, drafts[spec.id], entryMeta(signal), wishes);
    return problem || value === null ? [] : [{ id: spec.id, target, value }];
  });
}

/**
 * Writes entries one after another, in the order of the fields, leaving out those that are already done. It stops at
 * the first that is refused by a person (cancelled) or whose fate is unknown: what follows is not sent blindly.
 */
export async function writeEntries(
  entries: readonly Entry[],
  done: ReadonlySet<string>,
  write: ComponentProps["write"],
): Promise<FieldOutcome[]> {
  const outcomes: FieldOutcome[] = [];
  for (const { id, target, value } of entries) {
    if (done.has(id)) continue;
    const outcome = await write(target, value).catch((): WriteOutcome => ({ status: "unknown" }));
    outcomes.push({ ...outcome, id });
    if (outcome.status === "cancelled" || outcome.status === "unknown") break;
  }
  return outcomes;
}

/** The worst of some outcomes, which is what the form as a whole became. */
export function worstOf(outcomes: readonly FieldOutcome[]): WriteOutcome["status"] {
  for (const status of ["unknown", "refused", "cancelled", "preview"] as const) {
    if (outcomes.some((outcome) => outcome.status === status)) return status;
  }
  return "done";
}
