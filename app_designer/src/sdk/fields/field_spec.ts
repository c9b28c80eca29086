import type { LocalText, TagMeta, Value } from "../api/types";
import type { UnitWishes } from "../preferences/display_unit";
import type { EntryProblem, EntrySettings } from "./entry_limits";
import { type Entry, entryOf } from "./entry_unit";
import { readNumber } from "./number_text";
import { type FieldOption, optionKey } from "./options";

export const FIELD_KINDS = [
  "text",
  "multiline",
  "number",
  "integer",
  "date",
  "time",
  "select",
  "radio",
  "checkbox",
  "reason",
  "rating",
  "snapshot",
] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** When a field is shown: a condition on another field of the same form. */
export interface FieldCondition {
  field: string;
  equals?: Value;
  in?: Value[];
  not_empty?: boolean;
}

/** One field of a form. */
export interface FieldSpec extends EntrySettings {
  id: string;
  kind: FieldKind;
  /** Number of the target it writes (`/values/<no>`); without it, its place in the list. */
  no?: number;
  label?: LocalText;
  help?: LocalText;
  placeholder?: LocalText;
  required?: boolean;
  max_length?: number;
  options?: FieldOption[];
  initial?: Value;
  visible_when?: FieldCondition;
}

/** What stands in a field: numbers as they were typed, the rest as it will be written. */
export type FieldDraft = Value;
export type FieldDrafts = Readonly<Record<string, FieldDraft>>;

export const TEXT_LENGTH_MAX = 500;
const RATING_MAX = 5;

export type FieldReading = { value: Value; problem: null } | { value: null; problem: EntryProblem };

const bad = (text: EntryProblem["text"], values?: Record<string, string>): FieldReading => ({
  value: null,
  problem: values ? { text, values } : { text },
});

const AS_STORED: UnitWishes = {};

/** How a number field is typed into. A whole number stays one in the unit it is stored in. */
export function fieldEntry(spec: FieldSpec, meta: TagMeta, wishes: UnitWishes): Entry {
  const settings = spec.kind === "integer" ? { ...spec, decimals: 0 } : spec;
  return entryOf(meta, settings, wishes);
}

/**
 * What a field is worth, or what is wrong with it. `null` stands for "left empty". A number is typed in the reader's
 * unit and worth what is stored.
 */
export function readField(
  spec: FieldSpec,
  draft: FieldDraft | undefined,
  meta: TagMeta = {},
  wishes: UnitWishes = AS_STORED,
): FieldReading {
  const given = draft ?? null;
  const isEmpty = given === null || (typeof given === "string" && given.trim() === "");
  if (spec.kind === "checkbox")
    return spec.required && given !== true ? bad("missing") : { value: given === true, problem: null };
  if (isEmpty) {
    if (!spec.required) return { value: null, problem: null };
    return bad(spec.kind === "snapshot" ? "snapshot_none" : "missing");
  }
  if (spec.kind === "number" || spec.kind === "integer")
    return readNumberField(spec, String(given), fieldEntry(spec, meta, wishes));
  if (spec.kind === "select" || spec.kind === "radio" || spec.kind === "reason") {
    const known = (spec.options ?? []).some((option) => optionKey(option.value) === optionKey(given));
    return known ? { value: given, problem: null } : bad("option_unknown");
  }
  if (spec.kind === "text" || spec.kind === "multiline") {
    const limit = spec.max_length ?? TEXT_LENGTH_MAX;
    if ([...String(given)].length > limit) return bad("too_long", { limit: String(limit) });
    return { value: String(given).normalize("NFC").trim(), problem: null };
  }
  return { value: given, problem: null };
}

function readNumberField(spec: FieldSpec, text: string, entry: Entry): FieldReading {
  const typed = readNumber(text);
  if (typed.kind === "ambiguous" || typed.kind === "not_a_number") return bad(typed.kind, { text });
  if (typed.kind === "empty") return bad("missing");
  const value = entry.store(typed.value);
  if (spec.kind === "integer" && !Number.isSafeInteger(value)) return bad("integer");
  const problem = entry.problem(typed.value);
  return problem ? { value: null, problem } : { value, problem: null };
}

/** Whether a field is shown, given what stands in the others. A condition on an unknown field hides nothing. */
export function isFieldVisible(
  spec: FieldSpec,
  fields: readonly FieldSpec[],
  drafts: FieldDrafts,
  worth = (field: FieldSpec): Value => readField(field, drafts[field.id]).value,
): boolean {
  const when = spec.visible_when;
  if (!when) return true;
  const other = fields.find((field) => field.id === when.field && field.id !== spec.id);
  if (!other) return true;
  const value = worth({ ...other, required: false });
  if (when.not_empty !== undefined) {
    const isEmpty = value === null || value === "" || value === false;
    return when.not_empty !== isEmpty;
  }
  if (when.in) return when.in.some((item) => optionKey(item) === optionKey(value));
  return optionKey(when.equals ?? null) === optionKey(value);
}

/** What a field begins with: a number as it would be typed. */
export function initialDraft(
  spec: FieldSpec,
  meta: TagMeta = {},
  wishes: UnitWishes = AS_STORED,
): FieldDraft {
  const { initial } = spec;
  if (initial === undefined || initial === null) return spec.kind === "checkbox" ? false : null;
  if (spec.kind === "number" || spec.kind === "integer") {
    const number = Number(initial);
    return Number.isFinite(number) ? String(fieldEntry(spec, meta, wishes).show(number)) : String(initial);
  }
  if (spec.kind === "rating") return Math.min(RATING_MAX, Math.max(1, Math.round(Number(initial)))) || null;
  return initial;
}
