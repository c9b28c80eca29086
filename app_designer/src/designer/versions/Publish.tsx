import { Button, Notice, Skeleton, useLocale } from "@sdk";
import type { Change, Check, TestResult } from "@sdk/api/apps";
import { ApiError, describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { Refused } from "@sdk/ui/Refused";
import { useCallback, useEffect, useRef, useState } from "react";
import { runTests } from "../app_tests/run_tests";
import { useWorkbench } from "../frame/workbench";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useApps, useAsked } from "./ask";
import { Changes } from "./Changes";
import { useTexts } from "./texts";
import css from "./versions.module.css";

const CHANGES_MAX = 30;
const NOTE_MAX = 500;
/** Pause after an edit before the draft is looked at anew. */
const PAUSE_MS = 1000;

interface Before {
  check: Check;
  tests: TestResult[];
  /** Null: nothing was published yet. */
  changes: Change[] | null;
}

/** Everything a person should know before people see the draft. */
function useBefore(live: number | null) {
  const apps = useApps();
  const store = useDesignerStore();
  const appId = useDesigner((state) => state.appId);
  const ask = useCallback(async (): Promise<Before> => {
    await store.flush();
    const [check, tests, changes] = await Promise.all([
      apps.check(appId),
      runTests(apps, store),
      live === null ? null : apps.diff(appId, "current", "draft"),
    ]);
    return { check, tests, changes };
  }, [apps, store, appId, live]);
  const { asked, again } = useAsked(ask);
  useAgainAfterChanges(again);
  return { asked, again };
}

/** What was found holds for the draft as it was: after an edit, and a pause, it is found anew. */
function useAgainAfterChanges(again: () => void) {
  const draft = useDesigner((state) => state.draft);
  const looked = useRef(draft);
  useEffect(() => {
    if (draft === looked.current) return;
    const timer = setTimeout(() => {
      looked.current = draft;
      again();
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, again]);
}

interface PublishProps {
  live: number | null;
  published: (no: number) => void;
}

/** The way from the draft to a version people see: what changes, what refuses, one note, one press. */
export function Publish({ live, published }: PublishProps) {
  const text = useTexts();
  const { t } = useLocale();
  const { asked, again } = useBefore(live);
  const [note, setNote] = useState("");
  if (asked.kind === "loading") return <Skeleton width="100%" height="180px" />;
  if (asked.kind === "failed") {
    return (
      <Notice icon="warn" title={text("failed")} hint={describeError(asked.error, t)} tone="alarm">
        <Button onClick={again}>{text("retry")}</Button>
      </Notice>
    );
  }
  const { check, tests, changes } = asked.value;
  const failed = tests.filter((test) => !test.ok);
  const same = changes !== null && changes.length === 0;
  return (
    <section className={css.publish} aria-label={text("publish_title")}>
      <h3>{text("publish_title")}</h3>
      <p className={css.hint}>{text("publish_hint")}</p>
      {changes === null ? <p>{text("first")}</p> : null}
      {same ? <p>{text("same", { no: String(live) })}</p> : null}
      {changes && changes.length > 0 ? (
        <>
          <h4>{text("changes")}</h4>
          <Changes changes={changes} most={CHANGES_MAX} />
        </>
      ) : null}
      <Refusals check={check} failed={failed} />
      {same ? null : (
        <Press
          note={note}
          setNote={setNote}
          refused={check.errors > 0 || failed.length > 0}
          done={published}
        />
      )}
    </section>
  );
}

function Refusals({ check, failed }: { check: Check; failed: readonly TestResult[] }) {
  const text = useTexts();
  const { language } = useLocale();
  const { openPanel } = useWorkbench();
  return (
    <>
      {check.errors > 0 ? (
        <Notice
          icon="warn"
          title={text("refused")}
          hint={text("refused_hint", { count: String(check.errors) })}
          tone="alarm"
        >
          <Button onClick={() => openPanel("lint")}>{text("show_check")}</Button>
        </Notice>
      ) : null}
      {failed.length > 0 ? (
        <div role="alert">
          <h4>{text("tests_failed")}</h4>
          <ul className={css.failures}>
            {failed.map((test) => (
              <li key={test.id}>
                <strong>{test.name}</strong>
                {test.failures.map((failure) => (
                  <p key={failure.path}>{localText(failure.message, language)}</p>
                ))}
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      {check.warnings > 0 ? (
        <p className={css.hint}>
          {text("warnings", { count: String(check.warnings) })}{" "}
          <button type="button" className={css.link} onClick={() => openPanel("lint")}>
            {text("go")}
          </button>
        </p>
      ) : null}
    </>
  );
}

interface PressProps {
  note: string;
  setNote: (note: string) => void;
  refused: boolean;
  done: (no: number) => void;
}

function Press({ note, setNote, refused, done }: PressProps) {
  const text = useTexts();
  const apps = useApps();
  const appId = useDesigner((state) => state.appId);
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const publish = async () => {
    setState({ busy: true, error: null });
    try {
      const release = await apps.publish(appId, note.trim());
      setState({ busy: false, error: null });
      done(release.no);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      setState({ busy: false, error });
    }
  };
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
    >
      <label>
        {text("note")}
        <input
          name="note"
          value={note}
          maxLength={NOTE_MAX}
          placeholder={text("note_hint")}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      {state.error ? <Refused error={state.error} /> : null}
      <Button type="submit" look="primary" disabled={refused || state.busy}>
        {text(state.busy ? "publishing" : "publish")}
      </Button>
    </form>
  );
}
