import { freeId } from "./ids";
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
