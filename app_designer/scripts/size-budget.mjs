// What the browser loads, gzipped, without fonts and charts, against the budget: every page of every shipped app opened
// first, with shell, runtime, the blocks on it and the formulas where its app has one. Told as well: each block, all
// blocks at once, and the designer. Charts, fonts and the QR encoder are fetched after that, and named by nothing that is
// counted.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const KB = 1000;
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
  if (!chunk) throw new Error(`the build has no ${key}`);
  if (seen.has(key)) return files;
  seen.add(key);
  files.add(chunk.file);
  for (const css of chunk.css ?? []) files.add(css);
  for (const other of chunk.imports ?? []) filesOf(other, files, seen);
  return files;
}

const sum = (files) => [...files].reduce((total, file) => total + sizeOf(file), 0);
const without = (files, known) => [...files].filter((file) => !known.has(file));
const told = (bytes) => `${(bytes / KB).toFixed(1).padStart(7)} kB`;
const keys = Object.keys(manifest);
const one = (end) => keys.find((key) => key.endsWith(end));
const blockKey = (type) => `components/${type}/component.json?block`;

const shell = filesOf("index.html");
const runtime = filesOf(one("src/shell/AppScreen.tsx"), new Set(shell));
console.log(`${told(sum(shell))}  the shell (login, home)`);
console.log(`${told(sum(runtime))}  with the runtime, no block yet`);

const blocks = keys.filter((key) => /^components\/[^/]+\/component\.json\?block$/.test(key));
const all = new Set(runtime);
for (const key of blocks) {
  const files = filesOf(key);
  for (const file of files) all.add(file);
  console.log(`${told(sum(without(files, runtime)))}  + ${key.split("/").at(-2)}`);
}

const formula = keys
  .flatMap((key) => manifest[key].dynamicImports ?? [])
  .find((key) => /^_formula-|runtime\/formula\./.test(key));
for (const file of filesOf(formula)) all.add(file);
console.log(`${told(sum(all))}  runtime, formulas and every one of ${blocks.length} blocks`);

function pagesOf(app) {
  const folder = join(root, "templates", app, "pages");
  const pages = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  return new Map(pages.map((page) => [page.id, page]));
}

/** The kinds of blocks that are drawn with a page: its own, and those of the pages shown inside it. */
function typesOf(page, pages, seen = new Set()) {
  seen.add(page.id);
  const types = new Set();
  for (const { type, props } of Object.values(page.elements ?? {})) {
    types.add(type);
    const inside = type === "embedded_page" ? pages.get(props?.page) : null;
    if (inside && !seen.has(inside.id)) for (const other of typesOf(inside, pages, seen)) types.add(other);
  }
  return types;
}

/** What a page loads when it is opened first. Formulas come before it where any page of its app has one. */
function firstLoad(page, pages) {
  const files = new Set(runtime);
  for (const type of typesOf(page, pages)) filesOf(blockKey(type), files);
  if (JSON.stringify([...pages.values()]).includes('"expression"')) filesOf(formula, files);
  return sum(files);
}

let largest = { size: 0, name: "" };
for (const app of readdirSync(join(root, "templates"))) {
  const pages = pagesOf(app);
  for (const page of pages.values()) {
    const size = firstLoad(page, pages);
    if (size > largest.size) largest = { size, name: `${app}/${page.id}` };
    console.log(`${told(size)}  ${app}/${page.id} opened first, of ${RUNTIME_KB} kB`);
  }
}
console.log(`${told(largest.size)}  the largest page of a shipped app: ${largest.name}`);

// Everything the designer may load: its screen, its panels, and every block.
const designer = new Set(all);
filesOf(one("src/shell/DesignScreen.tsx"), designer);
filesOf(one("runtime/manifests.ts"), designer);
for (const key of keys) if (/src\/(designer|forms)\//.test(key)) filesOf(key, designer);
const designerSize = sum(designer);
console.log(`${told(designerSize)}  designer with all its panels and blocks, of ${DESIGNER_KB} kB`);
const chart = manifest[one("src/sdk/chart/TrendChart.tsx")].file;
if (designer.has(chart)) throw new Error("charts are not fetched by themselves any more");
if (runtime.size < 2 || blocks.length === 0)
  throw new Error("the manifest names no files: nothing was measured");
if (largest.size > RUNTIME_KB * KB || designerSize > DESIGNER_KB * KB) {
  console.error("too much is loaded");
  process.exitCode = 1;
}
