// What the browser loads, gzipped, without fonts and charts, against the budget: shell and runtime with all the kinds of
// blocks that the heaviest shipped app uses. Told as well: what each block adds, all blocks at once, and the designer.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const RUNTIME_KB = 200;
const DESIGNER_KB = 600;
const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2] ?? join(root, "../platform_core/web");
const manifest = JSON.parse(readFileSync(join(out, ".vite/manifest.json"), "utf8"));
const sizes = new Map();

function sizeOf(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(join(out, file)), { level: 9 }).length);
  return sizes.get(file);
}

/** The files a chunk needs before it can run: its own, its styles, and those it imports. */
function filesOf(key, files = new Set(), seen = new Set()) {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return files;
  seen.add(key);
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) filesOf(other, files, seen);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + sizeOf(file), 0);
const without = (files, known) => [...files].filter((file) => !known.has(file));
const kb = (bytes) => `${(bytes / 1024).toFixed(1).padStart(7)} KB`;
const keys = Object.keys(manifest);
const one = (end) => keys.find((key) => key.endsWith(end));

const shell = filesOf("index.html");
const runtime = filesOf(one("src/shell/AppScreen.tsx"), new Set(shell));
console.log(`${kb(sum(shell))}  the shell (login, home)`);
console.log(`${kb(sum(runtime))}  with the runtime, no block yet`);

const blocks = keys.filter((key) => /components\/[^/]+\/View\.tsx$/.test(key));
const all = new Set(runtime);
for (const key of blocks) {
  const files = filesOf(key);
  for (const file of files) all.add(file);
  console.log(`${kb(sum(without(files, runtime)))}  + ${key.split("/").at(-2)}`);
}
console.log(`${kb(sum(all))}  runtime with every one of ${blocks.length} blocks (no app does that)`);

/** The kinds of blocks on all pages of a shipped app. */
function typesOf(app) {
  const folder = join(root, "templates", app, "pages");
  const pages = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return new Set(pages.flatMap((page) => Object.values(page.elements ?? {}).map((element) => element.type)));
}

let total = sum(runtime);
for (const app of readdirSync(join(root, "templates"))) {
  const files = new Set(runtime);
  for (const type of typesOf(app))
    for (const file of filesOf(one(`components/${type}/View.tsx`))) files.add(file);
  total = Math.max(total, sum(files));
  console.log(
    `${kb(sum(files))}  runtime with ${app} whole (${typesOf(app).size} kinds of blocks), of ${RUNTIME_KB} KB`,
  );
}

const screen = one("src/designer/DesignScreen.tsx") ?? keys.find((key) => key.includes("DesignScreen"));
let designer = 0;
if (screen) {
  // Everything the designer may load: its screen, its panels, and every block.
  const files = new Set(all);
  for (const key of keys) if (/src\/(designer|forms)\//.test(key) || key === screen) filesOf(key, files);
  for (const key of keys) if (/runtime\/manifests\.ts$/.test(key)) filesOf(key, files);
  designer = sum(files);
  console.log(`${kb(designer)}  designer with all its panels and blocks, of ${DESIGNER_KB} KB`);
}
if (runtime.size < 2 || blocks.length === 0)
  throw new Error("the manifest names no files: nothing was measured");
if (total > RUNTIME_KB * 1024 || designer > DESIGNER_KB * 1024) process.exitCode = 1;
