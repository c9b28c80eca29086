import { describe, expect, it } from "vitest";
import { appModules } from "./chunks.ts";

const SCREEN = "/web/src/shell/AppScreen.tsx";
const IMPORTS: Record<string, string[]> = {
  [SCREEN]: ["/web/src/runtime/AppRuntime.tsx", "/web/src/sdk/index.ts", "/web/node_modules/react/index.js"],
  "/web/src/runtime/AppRuntime.tsx": ["/web/src/runtime/registry.ts", "/web/src/shell/Frame.tsx"],
  "/web/src/runtime/registry.ts": [
    "/web/components/bar/component.json?slim",
    "/web/src/runtime/AppRuntime.tsx",
  ],
  "/web/src/sdk/index.ts": ["/web/src/runtime/never.ts"],
};

describe("what an open app is put together with", () => {
  it("is what its screen needs of runtime and shell, and the facts of the blocks; not the sdk, nor what comes later", () => {
    const found = appModules(SCREEN, (id) => ({ importedIds: IMPORTS[id] ?? [] }));
    expect([...found].sort()).toEqual([
      "/web/components/bar/component.json?slim",
      "/web/src/runtime/AppRuntime.tsx",
      "/web/src/runtime/registry.ts",
      "/web/src/shell/Frame.tsx",
    ]);
  });
});
