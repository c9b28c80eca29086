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
// The font packages offer old formats too; every browser that runs the app reads woff2.
for (const name of readdirSync(join(out, "assets"))) {
  if (name.endsWith(".woff")) rmSync(join(out, "assets", name));
}

function compress(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) compress(path);
    else if (COMPRESSED.has(extname(name)))
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
  }
}
compress(out);
