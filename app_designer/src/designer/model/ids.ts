const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** A new id of an element: `el_` and 40 random bits; stable for its life, never given twice on a page. */
export function newElementId(taken: (id: string) => boolean = () => false): string {
  for (;;) {
    const bytes = crypto.getRandomValues(new Uint8Array(8));
    const id = `el_${Array.from(bytes, (byte) => ALPHABET[byte & 31]).join("")}`;
    if (!taken(id)) return id;
  }
}

export const ELEMENT_ID = /^el_[a-z2-7]{8}$/;
export const IDENTIFIER = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** An identifier made of a name for people; Chinese and other letters leave only the fallback. */
export function identifierFrom(name: string, fallback: string, taken: (id: string) => boolean): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 32);
  const stem = IDENTIFIER.test(plain) ? plain : fallback;
  let id = stem;
  for (let number = 2; taken(id); number += 1) id = `${stem}_${number}`;
  return id;
}
