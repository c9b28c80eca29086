import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { chunkGroups } from "./scripts/chunks.ts";
import { slimManifests } from "./scripts/slim_manifests.ts";

const platform = process.env.INTERLOCK_DEV_PLATFORM ?? "http://127.0.0.1:8080";
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [slimManifests(), react()],
  resolve: {
    alias: {
      "@sdk": here("./src/sdk"),
      "@forms": here("./src/forms"),
      "@runtime": here("./src/runtime"),
      "@designer": here("./src/designer"),
      "@shell": here("./src/shell"),
    },
  },
  build: {
    outDir: here("../platform_core/web"),
    emptyOutDir: true,
    target: "es2022",
    // The content security policy allows no data: addresses, so nothing is inlined.
    assetsInlineLimit: 0,
    manifest: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: { codeSplitting: { groups: chunkGroups(here("./src/shell/AppScreen.tsx")) } },
      treeshake: {
        // `@sdk` is one entrance to much. None of its modules does anything by being imported, so a page brings only
        // those its blocks use; without this the entrance ties all of them into the first load.
        moduleSideEffects: [
          { test: /\/src\/sdk\/.*\.tsx?$/, sideEffects: false },
          { test: /./, sideEffects: true },
        ],
      },
    },
  },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: platform, ws: true, changeOrigin: true },
      "/sandbox": { target: platform },
    },
  },
  test: {
    environment: "jsdom",
    include: ["src/**/*.test.{ts,tsx}", "components/**/*.test.tsx", "scripts/*.test.ts"],
    setupFiles: ["src/testing/setup.ts"],
    css: { modules: { classNameStrategy: "non-scoped" } },
    restoreMocks: true,
  },
});
