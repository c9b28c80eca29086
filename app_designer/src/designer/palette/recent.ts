const KEY = "interlock.designer.recent_blocks";
const KEPT = 6;

/** Types of the blocks used last in this browser, newest first. */
export function recentTypes(): string[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((type) => typeof type === "string").slice(0, KEPT) : [];
  } catch (error) {
    // A private window may refuse, and somebody may have written nonsense: then nothing was used yet.
    if (error instanceof SyntaxError || error instanceof DOMException) return [];
    throw error;
  }
}

export function noteUse(type: string): void {
  const types = [type, ...recentTypes().filter((other) => other !== type)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, JSON.stringify(types));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}
