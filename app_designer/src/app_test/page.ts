import type { TestResult } from "@sdk/api/apps";
import { completed, placesOf } from "./failures";
import { type AppFiles, runInBrowser } from "./run";

interface Work {
  files: AppFiles;
  results: TestResult[];
}

/** The page `interlock app test --browser` opens: fetches its work, does it, and gives back what it found. */
export async function runPage(root: HTMLElement): Promise<void> {
  const address = `/app-test/work${location.search}`;
  const answer = await fetch(address);
  if (!answer.ok || !answer.headers.get("content-type")?.includes("json")) {
    root.textContent = "This page belongs to “interlock app test --browser”.";
    return;
  }
  const { files, results } = (await answer.json()) as Work;
  root.style.height = "100vh";
  const done: TestResult[] = [];
  for (const result of results) {
    const test = files.tests[result.id];
    if (!test) continue;
    const judged = await runInBrowser({ files, test, wanted: placesOf(result.browser), root, installed: [] });
    done.push(completed(test, result, judged));
  }
  await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(done),
  });
}
