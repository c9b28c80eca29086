import css from "./canvas.module.css";

export interface Rect {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Marks over the canvas while something is dragged. It draws by itself: no component renders during a drag. */
export class Overlay {
  private readonly shown = new Map<string, HTMLElement>();
  private origin: DOMRect | null = null;

  constructor(private readonly layer: HTMLElement) {}

  /** Finds where the layer is, before a step changes anything: later the browser would have to lay out for it. */
  measure(): void {
    this.origin = this.layer.getBoundingClientRect();
  }

  private mark(key: string, className: string | undefined, rect: Rect): HTMLElement {
    let node = this.shown.get(key);
    if (!node) {
      node = document.createElement("div");
      node.className = className ?? "";
      this.layer.append(node);
      this.shown.set(key, node);
    }
    const origin = this.origin ?? this.layer.getBoundingClientRect();
    node.style.transform = `translate(${rect.left - origin.left}px, ${rect.top - origin.top}px)`;
    node.style.width = `${rect.width}px`;
    node.style.height = `${rect.height}px`;
    return node;
  }

  /** Where things will be after the drop, in px of the window. */
  places(rects: readonly Rect[], label = ""): void {
    this.keep("place", rects.length);
    rects.forEach((rect, index) => {
      const node = this.mark(`place${index}`, css.dropPlace, rect);
      if (index === 0) node.dataset.label = label;
    });
  }

  /** The area that would take what is dragged. */
  target(rect: Rect | null): void {
    this.keep("target", rect ? 1 : 0);
    if (rect) this.mark("target0", css.dropTarget, rect);
  }

  guides(rects: readonly Rect[]): void {
    this.keep("guide", rects.length);
    rects.forEach((rect, index) => void this.mark(`guide${index}`, css.guide, rect));
  }

  marquee(rect: Rect | null): void {
    this.keep("marquee", rect ? 1 : 0);
    if (rect) this.mark("marquee0", css.marquee, rect);
  }

  clear(): void {
    for (const node of this.shown.values()) node.remove();
    this.shown.clear();
    this.origin = null;
  }

  private keep(kind: string, count: number): void {
    for (const [key, node] of this.shown) {
      if (!key.startsWith(kind) || Number(key.slice(kind.length)) < count) continue;
      node.remove();
      this.shown.delete(key);
    }
  }
}
