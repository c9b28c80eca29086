import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";

/** How long a button has to be held, ms: long enough to be meant, short enough for a glove. */
export const HOLD_MS = 1000;

/** Press and hold, by finger, mouse or the space key; letting go before the time does nothing. */
export function useHold(done: () => void, active: boolean) {
  const [holding, setHolding] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const latest = useRef(done);
  latest.current = done;
  const stop = () => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    setHolding(false);
  };
  const start = () => {
    if (!active || timer.current !== null) return;
    setHolding(true);
    timer.current = setTimeout(() => {
      stop();
      latest.current();
    }, HOLD_MS);
  };
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );
  const isKey = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";
  const handlers = {
    onPointerDown: (event: PointerEvent) => {
      if (event.button === 0) start();
    },
    onPointerUp: stop,
    onPointerLeave: stop,
    onPointerCancel: stop,
    onBlur: stop,
    onContextMenu: (event: { preventDefault: () => void }) => event.preventDefault(),
    onKeyDown: (event: KeyboardEvent) => {
      if (!isKey(event)) return;
      event.preventDefault();
      if (!event.repeat) start();
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (isKey(event)) stop();
    },
  };
  return { holding, handlers };
}
