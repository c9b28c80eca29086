import { type ComponentType, type ReactNode, useEffect, useReducer } from "react";
import { late } from "./late";

/** A component whose code is fetched when it is first drawn. */
export type LateComponent<Props> = ComponentType<Props> & {
  /** Fetches the code before it is drawn. A failure is told when it is drawn. */
  preload: () => void;
};

/**
 * Draws `waiting` until the code is here. Unlike `lazy` it does not suspend: React shows what was suspended 300 ms after
 * the last thing it had to wait for at the earliest, and a page that waits for its screen, then for its blocks, then for
 * a chart would stand empty for a second, however fast its code arrives. Throws what went wrong when it did not arrive;
 * drawn again a second later, it is fetched again.
 */
export function lateComponent<Props extends object>(
  fetch: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): LateComponent<Props> {
  const code = late(fetch);
  const preload = () => void code.load().catch(() => {});
  function Late(props: Props) {
    const [, arrived] = useReducer((count: number) => count + 1, 0);
    const View = code.here();
    const missing = View === null;
    if (missing) preload();
    useEffect(() => {
      if (!missing) return;
      let gone = false;
      const tell = () => {
        if (!gone) arrived();
      };
      code.load().then(tell, tell);
      return () => {
        gone = true;
      };
    }, [missing]);
    return View ? <View {...props} /> : waiting;
  }
  return Object.assign(Late, { preload });
}
