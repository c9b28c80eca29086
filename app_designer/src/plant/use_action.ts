import { useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { useState } from "react";

/** Runs something that may fail: busy meanwhile, and what went wrong in words. */
export function useAction(): {
  busy: boolean;
  problem: string;
  run: (work: () => Promise<void>) => Promise<void>;
  clear: () => void;
} {
  const { t } = useLocale();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    setProblem("");
    try {
      await work();
    } catch (error) {
      setProblem(describeError(error, t));
    }
    setBusy(false);
  };
  return { busy, problem, run, clear: () => setProblem("") };
}
