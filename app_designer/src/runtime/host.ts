import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { RuntimeHost, TextParams } from "./action";
import { type DialogAddress, useDialogs } from "./dialogs";
import { createRunner } from "./run_steps";
import type { ScopeRunner } from "./scope";
import { useToasts } from "./Toasts";
import type { ConfirmAnswer, ConfirmRequest } from "./write";

/** A page of this app, or of another, with its parameters. */
export interface Destination {
  app: string | null;
  page: string;
  params: TextParams;
}

interface HostOptions {
  /** A preview: nothing outside the page is done. */
  dry: boolean;
  navigate: (target: Destination) => void;
  /** Reads the documents again. */
  reload: () => void;
  /** The dialogs of the address, where the page has one. */
  address?: DialogAddress | undefined;
}

interface Question {
  request: ConfirmRequest;
  resolve: (yes: ConfirmAnswer) => void;
}

function useQuestion() {
  const [question, setQuestion] = useState<Question | null>(null);
  const open = useRef<Question | null>(null);
  const answer = useCallback((yes: ConfirmAnswer) => {
    open.current?.resolve(yes);
    open.current = null;
    setQuestion(null);
  }, []);
  const confirmWrite = useCallback((request: ConfirmRequest) => {
    // One question at a time: a second press while one is asked is not a yes.
    if (open.current) return Promise.resolve(false);
    return new Promise<ConfirmAnswer>((resolve) => {
      open.current = { request, resolve };
      setQuestion(open.current);
    });
  }, []);
  useEffect(() => () => open.current?.resolve(false), []);
  return { question, answer, confirmWrite };
}

/** What a page stands in: its toasts, its dialogs, the question before a write, and where its actions lead. */
export function useHost(options: HostOptions) {
  const { toasts, tell, drop } = useToasts();
  const { question, answer, confirmWrite } = useQuestion();
  const dialogs = useDialogs(options.address);
  const [turn, setTurn] = useState(0);
  const latest = useRef(options);
  latest.current = options;
  const { dry } = options;
  const { open, clear } = dialogs;
  const host = useMemo((): RuntimeHost => {
    return {
      dry,
      tell,
      confirmWrite,
      navigate: (target) => {
        clear();
        latest.current.navigate(target);
      },
      openDialog: open,
      closeDialog: () => {},
      refresh: () => {
        setTurn((count) => count + 1);
        latest.current.reload();
      },
    };
  }, [dry, tell, confirmWrite, open, clear]);
  const runner = useMemo(() => createRunner(host), [host]);
  return { host, runner, toasts, drop, question, answer, dialogs, turn };
}

/** The runner inside a dialog: it knows which dialog to close. */
export function useDialogRunner(host: RuntimeHost, close: () => void): ScopeRunner {
  const latest = useRef(close);
  latest.current = close;
  return useMemo(() => createRunner({ ...host, closeDialog: () => latest.current() }), [host]);
}
