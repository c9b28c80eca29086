// What the browser loads, gzipped, without fonts and charts, against the budget: shell and runtime with what the first
// page of the heaviest shipped app needs. Told as well: each block, whole apps, all blocks at once, and the designer.
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
console.log(`${kb(sum(all))}  runtime with every one of ${blocks.length} blocks `);

/** The kinds of blocks on all pages of a shipped app. */
function typesOf(app) {
  const folder = join(root, "templates", app, "pages");
  const pages = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return new Set(pages.flatMap((page) => Object.values(page.elements ?? {}).map((element) => element.type)));
}

const formula = keys
  .flatMap((key) => manifest[key].dynamicImports ?? [])
  .find((key) => /^_formula-|runtime\/formula\./.test(key));

/** What a page, or all pages, of a shipped app load: formulas come with the first page of an app that has one. */
function filesOfPages(app, types) {
  const files = new Set(runtime);
  for (const type of types) for (const file of filesOf(one(`components/${type}/View.tsx`))) files.add(file);
  const folder = join(root, "templates", app, "pages");
  const computes = readdirSync(folder).some((name) =>
    readFileSync(join(folder, name), "utf8").includes('"expression"'),
  );
  if (computes && formula) for (const file of filesOf(formula)) files.add(file);
  return files;
}

/** The first page of an app. */
function homeOf(app) {
  const { home } = JSON.parse(readFileSync(join(root, "templates", app, "app.json"), "utf8"));
  const page = JSON.parse(readFileSync(join(root, "templates", app, "pages", `${home}.json`), "utf8"));
  return new Set(Object.values(page.elements ?? {}).map((element) => element.type));
}

let total = sum(runtime);
for (const app of readdirSync(join(root, "templates"))) {
  const first = sum(filesOfPages(app, homeOf(app)));
  const types = typesOf(app);
  total = Math.max(total, first);
  console.log(`${kb(first)}  first load of ${app}, of ${RUNTIME_KB} KB`);
  console.log(
    `${kb(sum(filesOfPages(app, types)))}  ${app} whole (${types.size} kinds of blocks), page by page`,
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
