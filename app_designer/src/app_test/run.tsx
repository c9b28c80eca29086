import { AppRuntime } from "@runtime/AppRuntime";
import type { TextParams } from "@runtime/action";
import type { DraftFiles } from "@runtime/app";
import { loadFormulas } from "@runtime/formula_engine";
import { blockIn } from "@runtime/registry";
import type { AppWatch, LoadedApp, RuntimeScope, User } from "@runtime/scope";
import type { Value } from "@sdk/api/types";
import { DetailContext, LocaleContext, RangeContext, ServicesContext } from "@sdk/context";
import { translator } from "@sdk/i18n/catalogue";
import type { RangeChoice } from "@sdk/range";
import { useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import type { AppTestDocument, Expectation, WhenEvent } from "../generated/documents.gen";
import { isUsable, look, type Seen, type Unknown } from "./look";
import { click, elementAt, isDrawn, type } from "./page_parts";
import { atRest, untilHolds } from "./patience";
import { GivenWorld } from "./world";

export interface AppFiles extends DraftFiles {
  readonly tests: Readonly<Record<string, AppTestDocument>>;
}

/** What a browser has to say to one expectation of a test. */
export interface Judged {
  /** Place in the test's list. */
  readonly at: number;
  readonly ok: boolean;
  /** Null when nothing could be looked at: then `why` says so. */
  readonly found: Value;
  readonly why: Unknown | "not_done" | null;
}

const HAND = { click, type } as const;
const noDetail = () => {};

interface StageProps {
  world: GivenWorld;
  test: AppTestDocument;
  watch: AppWatch;
}

/** The app as it runs, with the values of a test and nothing else behind it. */
function TestStage({ world, test, watch }: StageProps) {
  const language = test.language ?? "en";
  const [at, setAt] = useState<{ page: string; params: TextParams }>({
    page: test.page,
    params: test.params ?? {},
  });
  const [choice, setChoice] = useState<RangeChoice>({ kind: "live", span: "1h" });
  const range = useMemo(() => ({ choice, setChoice }), [choice]);
  const locale = useMemo(() => ({ language, t: translator(language) }), [language]);
  const user = useMemo((): User => ({ name: "test", role: test.role ?? "operator", tenant: "test" }), [test]);
  const page = world.loaded.pages[at.page];
  if (!page) return null;
  return (
    <LocaleContext.Provider value={locale}>
      <ServicesContext.Provider value={world.services}>
        <RangeContext.Provider value={range}>
          <DetailContext.Provider value={noDetail}>
            <AppRuntime
              key={page.id}
              loaded={world.loaded}
              page={page}
              params={at.params}
              user={user}
              breakpoint="lg"
              watch={watch}
              onNavigate={({ app, ...target }) => (app ? undefined : setAt(target))}
              onParam={(name, value) => setAt({ ...at, params: { ...at.params, [name]: value } })}
              href={() => null}
            />
          </DetailContext.Provider>
        </RangeContext.Provider>
      </ServicesContext.Provider>
    </LocaleContext.Provider>
  );
}

/** The code of every block the app has, so that nothing is looked at before it can be drawn. */
async function prepare(files: DraftFiles, installed: LoadedApp["installed"]): Promise<void> {
  const holders = [...Object.values(files.pages), ...Object.values(files.blocks)];
  const types = new Set(
    holders.flatMap(({ elements }) => Object.values(elements ?? {}).map((one) => one.type)),
  );
  for (const one of types) blockIn(one, installed)?.preload?.();
  await loadFormulas();
}

async function happen(seen: Seen, { element: path, event, payload = {} }: WhenEvent): Promise<boolean> {
  const element = elementAt(seen.root, path);
  if (!element || !isDrawn(element)) return false;
  if (event === "click" || event === "type")
    return HAND[event](element, String(payload.control ?? ""), payload.value);
  const place = seen.watch.places.get(path);
  if (!place || !(await isUsable(seen, path))) return false;
  const steps = place.element.events?.[event];
  const id = path.split("/").at(-1) ?? path;
  if (steps) place.scope.dispatch(steps, { element: id, event, payload: payload as Record<string, Value> });
  return true;
}

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));
const same = (a: unknown, b: unknown) =>
  typeof a === "number" && typeof b === "number" ? close(a, b) : (a ?? null) === (b ?? null);

async function judged(seen: Seen, at: number, expected: Expectation): Promise<Judged> {
  const found = await look(seen, expected);
  if (typeof found === "string") return { at, ok: false, found: null, why: found };
  const wanted = "v" in expected || !expected.q;
  const ok = (!wanted || same(found.v, expected.v)) && (!expected.q || expected.q === found.q);
  return { at, ok, found: found.v, why: null };
}

function stateOf({ places }: AppWatch) {
  return (name: string): Value => {
    const scopes: RuntimeScope[] = [...places.values()].map(({ scope }) => scope);
    return scopes.findLast(({ memory }) => memory.states.has(name))?.memory.states.get(name) ?? null;
  };
}

interface RunOptions {
  files: DraftFiles;
  test: AppTestDocument;
  /** Places in the test's list of what is to be judged. */
  wanted: readonly number[];
  /** Where the app is drawn. */
  root: HTMLElement;
  installed?: LoadedApp["installed"];
}

/** Runs one test in the real runtime: opens the page, lets everything happen, looks at what is wanted. */
export async function runInBrowser({ files, test, wanted, root, installed }: RunOptions): Promise<Judged[]> {
  await prepare(files, installed);
  const world = new GivenWorld(files, test, installed);
  const watch: AppWatch = { outputs: new Map(), places: new Map() };
  const seen: Seen = { root, world, watch, test, state: stateOf(watch) };
  const inner = document.createElement("div");
  inner.style.height = "100%";
  root.append(inner);
  const react = createRoot(inner);
  react.render(<TestStage world={world} test={test} watch={watch} />);
  try {
    await atRest(root);
    for (const event of test.when ?? []) {
      const done = await untilHolds(root, () => happen(seen, event));
      if (!done) return wanted.map((at) => ({ at, ok: false, found: null, why: "not_done" }));
      await atRest(root);
    }
    const answers: Judged[] = [];
    for (const at of wanted) {
      const expected = test.expect[at];
      if (!expected) continue;
      await untilHolds(root, async () => (await judged(seen, at, expected)).ok);
      answers.push(await judged(seen, at, expected));
    }
    return answers;
  } finally {
    react.unmount();
    inner.remove();
  }
}
