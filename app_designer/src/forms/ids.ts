/** A valid id from a name in any writing; where nothing of it can stand in an id, what `fallback` says. */
export function idFrom(name: string, fallback: string): string {
  const plain = name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
  return plain || fallback;
}

/** An id that none of `taken` is. */
export function freeId(wish: string, taken: ReadonlySet<string>): string {
  if (!taken.has(wish)) return wish;
  for (let n = 2; ; n += 1) {
    const id = `${wish.slice(0, 36)}_${n}`;
    if (!taken.has(id)) return id;
  }
}
