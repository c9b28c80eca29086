import type { AppRelease } from "@sdk/api/client";

type Engine = typeof import("./formula");

let engine: Engine | null = null;
let coming: Promise<Engine> | null = null;

/** The formulas without waiting, for a screen that brings them along in its own code. */
export function provideFormulas(module: Engine): void {
  engine = module;
}

/** Fetches what formulas need: language, functions and units. Rejects when the code does not arrive. */
export function loadFormulas(): Promise<Engine> {
  if (engine) return Promise.resolve(engine);
  coming ??= import("./formula").then(
    (module) => {
      engine = module;
      return module;
    },
    (error) => {
      coming = null;
      throw error;
    },
  );
  return coming;
}

/** The formulas; what draws waits for them where they are not here yet, as React does it. */
export function formulas(): Engine {
  if (!engine) throw loadFormulas();
  return engine;
}

/** Whether a page or a block of a release computes anything: only then its app waits for the formulas. */
export function usesFormulas(release: Pick<AppRelease, "pages"> & { blocks?: unknown }): boolean {
  return JSON.stringify([release.pages, release.blocks]).includes('"source":"expression"');
}
