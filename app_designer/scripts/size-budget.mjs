// Initial JavaScript and CSS of the runtime, gzipped, without fonts and charts, against the budget.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 200;
const out = fileURLToPath(new URL("../../platform_core/web", import.meta.url));
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));
const files = new Set();
const seen = new Set();

function take(key, lazy) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return;
  seen.add(key);
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) take(other, lazy);
}
// What the first page of an app needs: the entry, the app screen, and every component but its chart.
take("index.html");
for (const key of Object.keys(manifest)) {
  if (/shell\/AppScreen|components\/[^/]+\/View/.test(key)) take(key);
}
let total = 0;
for (const file of files) {
  const size = gzipSync(readFileSync(join(out, file)), { level: 9 }).length;
  total += size;
  console.log(`${(size / 1024).toFixed(1).padStart(7)} KB  ${file}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  of ${BUDGET_KB} KB`);
if (files.size < 2) throw new Error("the manifest names no files: nothing was measured");
if (total > BUDGET_KB * 1024) process.exitCode = 1;
