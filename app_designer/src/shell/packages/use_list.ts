import { useCallback, useEffect, useState } from "react";

/** A list of the platform as it was last read, and how the reading goes. What was read stays while it is read again,
 * and where that fails. */
export function useList<T>(read: () => Promise<T[]>) {
  const [all, setAll] = useState<T[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(true);
  const load = useCallback(async () => {
    setBusy(true);
    try {
      setAll(await read());
      setError(null);
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  }, [read]);
  useEffect(() => void load(), [load]);
  return { all, setAll, error, busy, load };
}
