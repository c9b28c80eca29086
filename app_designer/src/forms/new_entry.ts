import { freeId, idFrom } from "./ids";
import { emptyOf, inlined, type PropSchema } from "./schema";

/** An entry added to a list: it is valid at once, so an id nobody has to think of is given here. */
export function newEntry(items: PropSchema, list: readonly unknown[]): unknown {
  const made = emptyOf(items);
  const schema = inlined(items);
  const id = inlined(schema.properties?.id ?? {});
  if (!schema.required?.includes("id") || id.type !== "string") return made;
  const taken = new Set(list.map((entry) => String((entry as { id?: unknown } | null)?.id ?? "")));
  return { ...(made as object), id: freeId(`entry_${list.length + 1}`, taken) };
}

type Members = Readonly<Record<string, unknown>>;
const membersOf = (entry: unknown): Members =>
  typeof entry === "object" && entry !== null ? (entry as Members) : {};

const GIVEN = /^entry_\d+(_\d+)?$/;

/** The id a label makes, in whatever language it is written; empty where nothing of it can stand in an id. */
function labelId(label: unknown): string {
  const texts = typeof label === "string" ? [label] : Object.values(membersOf(label));
  return texts.reduce<string>((found, text) => found || idFrom(String(text ?? ""), ""), "");
}

/** Whether nobody has thought of the id of an entry: it was given here, or made from the label. */
export function hasGivenId(entry: unknown): boolean {
  const { id, label } = membersOf(entry);
  if (typeof id !== "string") return false;
  const made = labelId(label);
  return (
    GIVEN.test(id) || (made !== "" && (id === made || /^_\d+$/.test(id.slice(made.slice(0, 36).length))))
  );
}

/** Every mention of an id by a condition of an entry, under another one. */
function mentioning(entry: unknown, from: string, to: string): unknown {
  const { visible_when } = membersOf(entry);
  if (membersOf(visible_when).field !== from) return entry;
  return { ...membersOf(entry), visible_when: { ...membersOf(visible_when), field: to } };
}

/** The list with one entry changed. An id nobody has thought of follows the label, and with it who mentions it. */
export function withEntry(list: readonly unknown[], index: number, value: unknown): unknown[] {
  const before = membersOf(list[index]);
  const after = membersOf(value);
  const put = (entry: unknown) => list.map((old, at) => (at === index ? entry : old));
  const wish = labelId(after.label);
  const follows = before.id === after.id && before.label !== after.label && wish !== "" && hasGivenId(before);
  if (!follows) return put(value);
  const others = list.filter((_, at) => at !== index).map((entry) => String(membersOf(entry).id ?? ""));
  const id = freeId(wish, new Set(others));
  return put({ ...after, id }).map((entry) => mentioning(entry, String(before.id), id));
}
