import { useCallback, useEffect, useRef, useState } from "react";
import { BRIDGE_VERSION, type Down, type FrameInputs, type FrameView, type Up } from "./protocol";
import { SandboxSession, type SessionEnd } from "./session";

interface Talk {
  entry: string;
  view: FrameView;
  inputs: FrameInputs;
  onMessage: (message: Exclude<Up, { t: "pong" }>) => void;
  onEnd: (why: SessionEnd, message: string) => void;
}

/** Values are told at most this often: nobody reads faster, and a frame must not be flooded either. */
const INPUTS_MS = 100;

/** Opens the conversation with a frame, and keeps telling it what changed. */
export function useSession(talk: Talk) {
  const frame = useRef<HTMLIFrameElement>(null);
  const session = useRef<SandboxSession | null>(null);
  const [open, setOpen] = useState(false);
  const [ready, setReady] = useState(false);
  const latest = useRef(talk);
  latest.current = talk;
  useEffect(() => {
    const element = frame.current;
    if (!element) return;
    const made = new SandboxSession(element, {
      onOpen: () => {
        const { entry, view, inputs } = latest.current;
        made.say({ t: "init", version: BRIDGE_VERSION, entry, view, inputs });
        setOpen(true);
      },
      onMessage: (message) => {
        if (message.t === "ready") setReady(true);
        latest.current.onMessage(message);
      },
      onEnd: (why, message) => latest.current.onEnd(why, message),
    });
    session.current = made;
    return made.start();
  }, []);
  const { view, inputs } = talk;
  useEffect(() => {
    if (open) session.current?.say({ t: "view", view });
  }, [open, view]);
  const pending = useRef<ReturnType<typeof setTimeout> | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a change of `inputs` is what starts the wait.
  useEffect(() => {
    if (!open || pending.current !== null) return;
    pending.current = setTimeout(() => {
      pending.current = null;
      session.current?.say({ t: "inputs", inputs: latest.current.inputs });
    }, INPUTS_MS);
  }, [open, inputs]);
  useEffect(
    () => () => {
      if (pending.current !== null) clearTimeout(pending.current);
    },
    [],
  );
  const say = useCallback((message: Down) => session.current?.say(message), []);
  return { frame, ready, say };
}
