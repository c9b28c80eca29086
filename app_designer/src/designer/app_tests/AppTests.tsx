import { freeId } from "@forms/ids";
import { Button, Icon, Notice, useLocale, useServices } from "@sdk";
import { AppsApi, type TestResult } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import { localText } from "@sdk/i18n/catalogue";
import { useMemo, useState } from "react";
import type { AppTestDocument } from "../../generated/documents.gen";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { useManifests } from "../pickers/manifests";
import { emptyTest, recordPage } from "./record";
import { runTests } from "./run_tests";
import { TestEditor } from "./TestEditor";
import css from "./tests.module.css";
import { useTexts } from "./texts";

const show = (value: unknown) => (value === null ? "–" : String(value));

/** The app's own tests: record, change, run. */
export function AppTests() {
  const text = useTexts();
  const { t } = useLocale();
  const tests = useDesigner((state) => state.draft.tests);
  const { results, busy, error, run } = useRun();
  const [open, setOpen] = useState<string | null>(null);
  const list = Object.values(tests);
  return (
    <section className={css.tests} aria-label={text("title")}>
      <h3>{text("title")}</h3>
      <p className={css.hint}>{text("hint")}</p>
      {error ? (
        <Notice icon="warn" title={text("could_not_run")} hint={describeError(error, t)} tone="alarm" />
      ) : null}
      {list.length === 0 ? <p>{text("none")}</p> : null}
      <ul>
        {list.map((test) => (
          <li key={test.id}>
            <button
              type="button"
              className={css.row}
              aria-expanded={open === test.id}
              aria-label={text("open", { name: test.name })}
              onClick={() => setOpen(open === test.id ? null : test.id)}
            >
              <Verdict result={results?.find(({ id }) => id === test.id)} />
              <span className="truncate" title={test.name}>
                {test.name}
              </span>
            </button>
            <Failures test={test} result={results?.find(({ id }) => id === test.id)} />
            {open === test.id ? <TestEditor test={test} close={() => setOpen(null)} /> : null}
          </li>
        ))}
      </ul>
      <div className={css.buttons}>
        <Record made={setOpen} />
        <Button disabled={busy || list.length === 0} onClick={run}>
          {text(busy ? "running" : "run")}
        </Button>
      </div>
    </section>
  );
}

function useRun() {
  const { api } = useServices();
  const apps = useMemo(() => new AppsApi(api), [api]);
  const store = useDesignerStore();
  const [results, setResults] = useState<readonly TestResult[] | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = () => {
    setBusy(true);
    setError(null);
    void store
      .flush()
      .then(() => runTests(apps, store))
      .then(setResults, setError)
      .finally(() => setBusy(false));
  };
  return { results, busy, error, run };
}

function Verdict({ result }: { result: TestResult | undefined }) {
  const text = useTexts();
  const word = text(result ? (result.ok ? "ok" : "failed") : "not_run");
  return (
    <span className={css.verdict} data-ok={result?.ok} title={word}>
      <Icon name={result ? (result.ok ? "check" : "cross") : "clock"} size={16} />
      <span className="visually-hidden">{word}</span>
    </span>
  );
}

interface FailuresProps {
  test: AppTestDocument;
  result: TestResult | undefined;
}

/** What did not hold; what was found instead can be made the promise, where the app is right and the test is not. */
function Failures({ test, result }: FailuresProps) {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  if (!result || result.ok) return null;
  const take = ({ path, found }: TestResult["failures"][number]) => {
    const at = Number(path.split("/").at(-1));
    const expect = test.expect.map((one, n) => (n === at ? { ...one, v: found } : one));
    store.change(text("step_change"), [{ path: ["tests", test.id], value: { ...test, expect } }]);
  };
  return (
    <ul className={css.failures}>
      {result.failures.map((failure) => (
        <li key={failure.path}>
          {localText(failure.message, language)}{" "}
          {text("expected", { expected: show(failure.expected), found: show(failure.found) })}
          {failure.found === null ? null : (
            <button type="button" onClick={() => take(failure)}>
              {text("take", { found: show(failure.found) })}
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Makes a test of what the open page shows at this moment, or one that says no more yet than that it opens. */
function Record({ made }: { made: (id: string) => void }) {
  const text = useTexts();
  const { language } = useLocale();
  const { store: samples } = useServices();
  const store = useDesignerStore();
  const manifests = useManifests();
  const onPage = useDesigner((state) => !isBlockCanvas(state.canvas));
  const [nothing, setNothing] = useState(false);
  const make = (recorded: boolean) => {
    const { draft, plant, canvas, params } = store.getState();
    const page = draft.pages[canvas];
    if (!page) return;
    const title = localText(page.title, language) || page.id;
    const name = text(recorded ? "default_name" : "made_name", { page: title });
    const id = freeId(`${page.id.slice(0, 28)}_shows`, new Set(Object.keys(draft.tests)));
    const sampleOf = (tag: number) => samples.get(tag);
    const test = recorded
      ? recordPage({ page, plant, params, sampleOf, manifests, language }, id, name)
      : emptyTest(page.id, params, language, id, name);
    setNothing(test === null);
    if (!test) return;
    store.change(text("step_add", { name }), [{ path: ["tests", id], value: test }]);
    if (!recorded) made(id);
  };
  return (
    <>
      {nothing ? <p className={css.hint}>{text("nothing")}</p> : null}
      <Button disabled={!onPage} title={text("add_hint")} onClick={() => make(true)}>
        {text("add")}
      </Button>
      <Button disabled={!onPage} onClick={() => make(false)}>
        {text("make")}
      </Button>
    </>
  );
}
