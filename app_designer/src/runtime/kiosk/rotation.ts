import { useEffect, useRef, useState } from "react";

/** A touch or a key stops the rotation for so long, ms. */
export const PAUSE_MS = 60_000;
const SECONDS_DEFAULT = 30;

export interface Stop {
  page: string;
  seconds?: number | undefined;
  params?: Readonly<Record<string, string>> | undefined;
}

/** The stop after the present one; the first when the present page is none of them. */
export function nextStop<T extends Stop>(
  stops: readonly T[],
  index: number,
): { stop: T; index: number } | null {
  const next = (index + 1) % Math.max(1, stops.length);
  const stop = stops[next];
  return stop ? { stop, index: next } : null;
}

export const stayOf_ms = (stop: Stop | undefined): number => (stop?.seconds ?? SECONDS_DEFAULT) * 1000;

/** Whether somebody is at the screen: true for a minute after each touch or key. */
export function useAttended(): boolean {
  const [attended, setAttended] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const touched = () => {
      setAttended(true);
      clearTimeout(timer);
      timer = setTimeout(() => setAttended(false), PAUSE_MS);
    };
    document.addEventListener("pointerdown", touched);
    document.addEventListener("keydown", touched);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", touched);
      document.removeEventListener("keydown", touched);
    };
  }, []);
  return attended;
}

/** Goes from stop to stop; stands still while somebody is at the screen. Returns the present stop's number. */
export function useRotation(
  stops: readonly Stop[],
  page: string,
  paused: boolean,
  go: (stop: Stop) => void,
): number {
  const [index, setIndex] = useState(() => stops.findIndex((stop) => stop.page === page));
  const latest = useRef(go);
  latest.current = go;
  useEffect(() => {
    const next = nextStop(stops, index);
    if (paused || !next || (stops.length < 2 && index === 0)) return;
    const stay_ms = index < 0 ? stayOf_ms(undefined) : stayOf_ms(stops[index]);
    const timer = setTimeout(() => {
      setIndex(next.index);
      latest.current(next.stop);
    }, stay_ms);
    return () => clearTimeout(timer);
  }, [stops, index, paused]);
  return index;
}

/** Keeps the screen on while it is looked at, where the browser can. */
export function useWakeLock(): void {
  useEffect(() => {
    let gone = false;
    let lock: WakeLockSentinel | null = null;
    const ask = async () => {
      if (!("wakeLock" in navigator) || document.visibilityState !== "visible") return;
      try {
        const found = await navigator.wakeLock.request("screen");
        if (gone) await found.release();
        else lock = found;
      } catch (error) {
        // Refused (battery, policy): the screen's own settings decide then.
        if (!(error instanceof DOMException)) throw error;
      }
    };
    const seen = () => void ask();
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => {
      gone = true;
      document.removeEventListener("visibilitychange", seen);
      void lock?.release();
    };
  }, []);
}
