const PATTERN = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** A valid id from a name in any writing that nothing else has. */
export function idFor(name: string, fallback: string, taken: ReadonlySet<string>): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 34);
  const stem = PATTERN.test(plain) ? plain : fallback;
  let id = stem;
  for (let n = 2; taken.has(id); n += 1) id = `${stem}_${n}`;
  return id;
}
