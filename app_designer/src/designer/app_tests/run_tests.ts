import type { AppsApi, TestResult } from "@sdk/api/apps";
import { completed, placesOf } from "../../app_test/failures";
import type { DesignerStore } from "../model/contract";
import css from "./tests.module.css";

/** A place as large as a screen, out of sight and out of reach of whoever works on meanwhile. */
function stage(): HTMLElement {
  const root = document.createElement("div");
  root.className = css.stage ?? "";
  root.inert = true;
  document.body.append(root);
  return root;
}

/** Runs all tests of the draft: what the platform can judge there, the rest here, in the runtime itself. */
export async function runTests(apps: AppsApi, store: DesignerStore): Promise<TestResult[]> {
  const { appId } = store.getState();
  const results = await apps.runTests(appId);
  if (results.every(({ browser }) => browser.length === 0)) return results;
  const { runInBrowser } = await import("../../app_test/run");
  const { draft } = store.getState();
  const root = stage();
  try {
    const whole: TestResult[] = [];
    for (const result of results) {
      const test = draft.tests[result.id];
      const wanted = placesOf(result.browser);
      const judged =
        test && wanted.length > 0 ? await runInBrowser({ files: draft, test, wanted, root }) : [];
      whole.push(test ? completed(test, result, judged) : result);
    }
    return whole;
  } finally {
    root.remove();
  }
}
