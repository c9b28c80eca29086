import { type ComponentType, type ReactNode, useEffect, useReducer } from "react";
import { type Late, late } from "./late";

/** A component whose code is fetched when it is first drawn. */
export type LateComponent<Props> = ComponentType<Props> & {
  /** Fetches the code before it is drawn. A failure is told when it is drawn. */
  preload: () => void;
};

/**
 * The code, fetched when it is first drawn with; null until it is here. Throws what went wrong when it did not arrive;
 * drawn again a second later, it is fetched again.
 */
export function useLate<Module>(code: Late<Module>): Module | null {
  const [, arrived] = useReducer((count: number) => count + 1, 0);
  const found = code.here();
  const missing = found === null;
  if (missing) void code.load().catch(() => {});
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
  }, [code, missing]);
  return found;
}

/**
 * Draws `waiting` until the code is here. Unlike `lazy` it does not suspend: React shows what was suspended 300 ms after
 * the last thing it had to wait for at the earliest, and a page that waits for its screen, then for its blocks, then for
 * a chart would stand empty for a second, however fast its code arrives.
 */
export function lateComponent<Props extends object>(
  fetch: () => Promise<ComponentType<Props>>,
  waiting: ReactNode = null,
): LateComponent<Props> {
  const code = late(fetch);
  const preload = () => void code.load().catch(() => {});
  function Late(props: Props) {
    const View = useLate(code);
    return View ? <View {...props} /> : waiting;
  }
  return Object.assign(Late, { preload });
}
