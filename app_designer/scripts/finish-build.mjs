// After vite: app documents and manifests beside the app, and everything compressed once instead of at each request.
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = join(root, "../platform_core/web");
const COMPRESSED = new Set([".js", ".css", ".html", ".svg", ".json"]);

cpSync(join(root, "templates"), join(out, "templates"), { recursive: true });
mkdirSync(join(out, "components"), { recursive: true });
for (const id of readdirSync(join(root, "components"))) {
  cpSync(join(root, "components", id, "component.json"), join(out, "components", `${id}.json`));
}
// Blocks that run in a frame: their own files by version, and the bridge each frame begins with. The platform serves
// them under /sandbox/ alone, with a policy of their own.
for (const id of readdirSync(join(root, "components"))) {
  const folder = join(root, "components", id);
  const manifest = JSON.parse(readFileSync(join(folder, "component.json"), "utf8"));
  if (manifest.runtime?.isolation !== "iframe") continue;
  const to = join(out, "sandbox_blocks", id, manifest.version);
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(folder)) {
    if (/^[A-Za-z0-9_]+\.(js|css)$/.test(name)) cpSync(join(folder, name), join(to, name));
  }
}
cpSync(join(root, "sandbox_blocks/bridge.js"), join(out, "sandbox_blocks/bridge.js"));
// The font packages offer old formats too; every browser that runs the app reads woff2.
for (const name of readdirSync(join(out, "assets"))) {
  if (name.endsWith(".woff")) rmSync(join(out, "assets", name));
}

// App folders are read by the platform, not by browsers: a packed picture beside one would be no picture of the app.
const NOT_SERVED = new Set([join(out, "templates")]);

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (NOT_SERVED.has(path)) continue;
    if (statSync(path).isDirectory()) compress(path);
    else if (COMPRESSED.has(extname(name)))
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}
compress(out);
