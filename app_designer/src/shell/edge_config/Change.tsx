import { Button, Icon, Notice, useLocale } from "@sdk";
import type { ConfigAnswer, EdgeConfigsApi } from "@sdk/api/edge_configs";
import { chosenFiles } from "@sdk/ui/chosen_files";
import { useRef, useState } from "react";
import shared from "../packages/packages.module.css";
import { DryRun } from "./DryRun";
import css from "./edge_config.module.css";
import { Push, type Wish } from "./Push";
import { goToLine, TextEditor } from "./TextEditor";
import { useConfigTexts } from "./texts";
import { failureText, isSilent, reasonText } from "./told";

type Busy = "" | "read" | "try" | "push";

export interface Draft extends Wish {
  text: string;
}

interface ChangeProps {
  api: EdgeConfigsApi;
  edge: string;
  draft: Draft;
  set: (draft: Draft) => void;
  pushing: (on: boolean) => void;
}

/** The next version: begun with what runs, tried by the agent, pushed. */
export function Change({ api, edge, draft, set, pushing }: ChangeProps) {
  const text = useConfigTexts();
  const { t } = useLocale();
  const field = useRef<HTMLTextAreaElement>(null);
  const [busy, setBusy] = useState<Busy>("");
  const [error, setError] = useState<unknown>(null);
  const [told, setTold] = useState("");
  const [tried, setTried] = useState<{ text: string; answer: ConfigAnswer } | null>(null);
  const answer = tried?.text === draft.text ? tried.answer : null;
  const act = (what: Busy, work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setError(null);
    setTold("");
    work()
      .catch(setError)
      .finally(() => setBusy(""));
  };
  const read = async () => {
    const running = await api.running();
    if (running.state === "told") set({ ...draft, text: running.text });
    else setTold(reasonText(running, text));
  };
  const attempt = async () => setTried({ text: draft.text, answer: await api.check(draft.text) });
  const push = async (basis: string) => {
    pushing(true);
    try {
      const version = await api.add(draft.text, draft.note);
      const first = await api.push(version.no, draft.watchS, basis);
      if (first.state === "refused") setTold(reasonText(first, text));
      else set({ ...draft, note: "" });
      setTried(null);
    } finally {
      pushing(false);
    }
  };
  const lines = answer?.problems.flatMap(({ line }) => (line === null ? [] : [line])) ?? [];
  const go = (line: number) => field.current && goToLine(field.current, line);
  return (
    <section className={shared.item} aria-label={text("change")}>
      <h2 className={css.heading}>{text("change")}</h2>
      <p className={shared.hint}>{text("start_hint")}</p>
      <Sources read={() => act("read", read)} busy={busy} take={(file) => set({ ...draft, text: file })} />
      <TextEditor
        field={field}
        value={draft.text}
        wrong={new Set(lines)}
        change={(next) => set({ ...draft, text: next })}
      />
      <div className={css.ways}>
        <Button
          look={answer?.state === "checked" ? "plain" : "primary"}
          disabled={draft.text.trim() === ""}
          aria-busy={busy === "try"}
          onClick={() => act("try", attempt)}
        >
          {text(busy === "try" ? "trying" : "try")}
        </Button>
      </div>
      {error ? <Failure error={error} words={failureText(error, edge, text, t)} edge={edge} /> : null}
      {told ? <Notice icon="warn" title={told} tone="alarm" /> : null}
      {answer ? <DryRun answer={answer} go={go} /> : null}
      {answer?.state === "checked" && answer.changes.length > 0 ? (
        <Push
          edge={edge}
          wish={draft}
          set={(wish) => set({ ...draft, ...wish })}
          busy={busy === "push"}
          push={() => act("push", () => push(answer.basis))}
        />
      ) : null}
    </section>
  );
}

interface SourcesProps {
  busy: Busy;
  read: () => void;
  take: (text: string) => void;
}

function Sources({ busy, read, take }: SourcesProps) {
  const text = useConfigTexts();
  const file = useRef<HTMLInputElement>(null);
  return (
    <div className={css.ways}>
      <Button aria-busy={busy === "read"} onClick={read}>
        <Icon name="download" size={18} />
        {text(busy === "read" ? "trying" : "read")}
      </Button>
      <Button onClick={() => file.current?.click()}>
        <Icon name="upload" size={18} />
        {text("upload")}
      </Button>
      <input
        ref={file}
        className={css.file}
        type="file"
        name="config"
        accept=".yaml,.yml,.json"
        tabIndex={-1}
        aria-label={text("upload")}
        onChange={async (event) => {
          const [chosen] = chosenFiles(event.target);
          if (chosen) take(await chosen.text());
        }}
      />
    </div>
  );
}

/** What did not work; where the agent leaves the message aside, the line that allows it. */
export function Failure({ error, words, edge }: { error: unknown; words: string; edge: string }) {
  const text = useConfigTexts();
  if (!isSilent(error)) return <Notice icon="warn" title={words} tone="alarm" />;
  return (
    <div className={css.result} role="alert">
      <p className={css.mark} data-state="refused">
        <Icon name="lock" size={18} />
        {text("silent", { edge })}
      </p>
      <p>{text("silent_hint")}</p>
      <code className={css.allow}>remote_config: true</code>
    </div>
  );
}
