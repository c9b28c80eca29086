import { useCallback, useEffect, useRef, useState } from "react";
import type { Value } from "../api/types";
import type { ComponentProps, WriteOutcome } from "../component";
import { isSame } from "./entry_limits";

/** Where one command stands. */
export type CommandState =
  | { phase: "idle" }
  | { phase: "pending"; value: Value }
  | { phase: WriteOutcome["status"]; value: Value; message?: string };

const IDLE: CommandState = { phase: "idle" };

export interface Command {
  state: CommandState;
  /** Sends a value; null when one is still on its way: nothing is ever sent twice. */
  send: (value: Value) => Promise<WriteOutcome | null>;
  clear: () => void;
}

/** Gives a declared command and remembers what became of it. */
export function useCommand(write: ComponentProps["write"], name: string): Command {
  const [state, setState] = useState<CommandState>(IDLE);
  const busy = useRef(false);
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
    };
  }, []);
  const send = useCallback(
    async (value: Value) => {
      if (busy.current) return null;
      busy.current = true;
      setState({ phase: "pending", value });
      const outcome = await write(name, value).catch((): WriteOutcome => ({ status: "unknown" }));
      busy.current = false;
      const { status, message } = outcome;
      if (!gone.current) setState({ phase: status, value, ...(message ? { message } : {}) });
      return outcome;
    },
    [write, name],
  );
  const clear = useCallback(() => setState(IDLE), []);
  return { state, send, clear };
}

/** Whether the machine shows what was sent: `waiting` until it does, `missed` when it has not after a while. */
export type Readback = "none" | "waiting" | "reached" | "missed";

const READBACK_MS = 10_000;

/** Follows the present value of a target after a command was done. */
export function useReadback(present: Value, state: CommandState, decimals: number | null): Readback {
  const [late, setLate] = useState<CommandState | null>(null);
  const reached = state.phase === "done" && isSame(present, state.value, decimals);
  const waits = state.phase === "done" && !reached;
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => setLate(state), READBACK_MS);
    return () => clearTimeout(timer);
  }, [waits, state]);
  if (state.phase !== "done") return "none";
  if (reached) return "reached";
  return late === state ? "missed" : "waiting";
}
