import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The edge agent's own page: no framework, so that it weighs nothing on a factory PC. */
export default defineConfig({
  root: here("./edge_page"),
  base: "/",
  build: {
    outDir: here("../edge_agent/local_page/web"),
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { entryFileNames: "page.js", assetFileNames: "page[extname]" },
    },
  },
});
