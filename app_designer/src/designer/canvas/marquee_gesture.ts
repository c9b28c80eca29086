import type { DesignerStore } from "../model/contract";
import type { Gesture } from "./gesture";
import type { Overlay, Rect } from "./overlay";

/** Chooses what a rectangle touches. */
export class MarqueeGesture implements Gesture {
  private readonly before: readonly string[];

  constructor(
    private readonly store: DesignerStore,
    private readonly root: HTMLElement,
    private readonly overlay: Overlay,
    private readonly x: number,
    private readonly y: number,
    private readonly add: boolean,
  ) {
    this.before = store.getState().selection;
  }

  move(x: number, y: number): void {
    const rect = {
      left: Math.min(x, this.x),
      top: Math.min(y, this.y),
      width: Math.abs(x - this.x),
      height: Math.abs(y - this.y),
    };
    this.overlay.marquee(rect);
    const touched = this.touched(rect);
    this.store.select(this.add ? [...new Set([...this.before, ...touched])] : touched);
  }

  /** Elements right on the page: what is inside a container is chosen with it. */
  private touched(rect: Rect): string[] {
    const found: string[] = [];
    const area = this.root.querySelector('[data-area=""]');
    for (const node of area?.children ?? []) {
      if (!(node instanceof HTMLElement) || !node.dataset.element) continue;
      const box = node.getBoundingClientRect();
      const apart =
        box.left > rect.left + rect.width ||
        box.right < rect.left ||
        box.top > rect.top + rect.height ||
        box.bottom < rect.top;
      if (!apart) found.push(node.dataset.element);
    }
    return found;
  }

  end(): void {
    this.overlay.clear();
  }

  cancel(): void {
    this.overlay.clear();
    this.store.select(this.before);
  }
}
