/** What one pointer does from its press to its release. Coordinates are those of the window. */
export interface Gesture {
  move(x: number, y: number, keys: { shift: boolean; alt: boolean }): void;
  /** Does it. */
  end(): void;
  /** Everything is as before. */
  cancel(): void;
}

/** Remembers styles that are changed by hand while dragging, and puts them back. */
export class StyleKeeper {
  private readonly kept = new Map<HTMLElement, Map<string, string>>();

  set(node: HTMLElement, name: string, value: string): void {
    let own = this.kept.get(node);
    if (!own) {
      own = new Map();
      this.kept.set(node, own);
    }
    if (!own.has(name)) own.set(name, node.style.getPropertyValue(name));
    node.style.setProperty(name, value);
  }

  /** Puts back what nodes outside `except` had. */
  restore(except: ReadonlySet<HTMLElement> = new Set()): void {
    for (const [node, own] of this.kept) {
      if (except.has(node)) continue;
      for (const [name, value] of own) {
        if (value) node.style.setProperty(name, value);
        else node.style.removeProperty(name);
      }
      this.kept.delete(node);
    }
  }
}
