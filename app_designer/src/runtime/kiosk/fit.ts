import { type RefObject, useEffect, useState } from "react";

/** Smaller than this nothing can be read from afar; what is then still too high is cut off at the bottom. */
export const FIT_MIN = 0.5;
/** Sizes that differ by less are the same: a page must not shrink and grow by turns. */
const SAME = 0.005;

/** By how much a page is made smaller so that all of it is on the screen: nobody scrolls on a wall. */
export function fitOf(natural_px: number, room_px: number): number {
  if (natural_px <= 0 || room_px <= 0) return 1;
  return Math.min(1, Math.max(FIT_MIN, room_px / natural_px));
}

/** The size of what `page` holds, between the upper edge of the screen and `foot`. */
export function useFit(page: RefObject<HTMLElement | null>, foot: RefObject<HTMLElement | null>): number {
  const [fit, setFit] = useState(1);
  useEffect(() => {
    const [held, below] = [page.current, foot.current];
    if (!held || !below) return;
    const measure = () => {
      const edges = held.parentElement ? getComputedStyle(held.parentElement) : null;
      const padding = edges
        ? Number.parseFloat(edges.paddingTop) + Number.parseFloat(edges.paddingBottom)
        : 0;
      const room = innerHeight - below.offsetHeight - padding;
      setFit((old) => {
        const next = fitOf(held.getBoundingClientRect().height / old, room);
        return Math.abs(next - old) < SAME ? old : next;
      });
    };
    const observer = new ResizeObserver(measure);
    observer.observe(held);
    observer.observe(below);
    addEventListener("resize", measure);
    return () => {
      observer.disconnect();
      removeEventListener("resize", measure);
    };
  }, [page, foot]);
  return fit;
}
