import type { Change } from "@sdk/api/apps";
import type { AppFiles } from "./files";

/** What differs on a page: the page as a whole, or one element of it. */
export type Place = Pick<Change, "op" | "subject" | "element"> & { page: string };

/**
 * Where the changes are to be seen. Another version of a block of another maker changes every element of it, though
 * nothing in the element itself is different.
 */
export function placesOf(changes: readonly Change[], sides: readonly AppFiles[]): Place[] {
  const named = changes.flatMap(({ page, ...change }) => (page === null ? [] : [{ ...change, page }]));
  const types = new Set(
    changes.filter(({ subject }) => subject === "code_block").map(({ path }) => path.split("/").at(-1)),
  );
  const known = new Set(named.map(({ page, element }) => `${page}/${element}`));
  const places = new Map<string, Place>();
  for (const { pages } of types.size > 0 ? sides : []) {
    for (const [page, { elements }] of Object.entries(pages)) {
      for (const [element, { type }] of Object.entries(elements ?? {})) {
        const key = `${page}/${element}`;
        if (!types.has(type) || known.has(key)) continue;
        places.set(key, { op: "changed", subject: "code_block", element, page });
      }
    }
  }
  return [...named, ...places.values()];
}
