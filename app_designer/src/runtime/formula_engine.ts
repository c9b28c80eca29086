import type { AppRelease } from "@sdk/api/client";
import { late } from "@sdk/late";

const engine = late(() => import("./formula"));

/** The formulas without waiting, for a screen that brings them along in its own code. */
export const provideFormulas = engine.provide;
/** Fetches what formulas need: language, functions and units. Rejects when the code does not arrive. */
export const loadFormulas = engine.load;
/** The formulas; what draws waits for them where they are not here yet, as React does it. */
export const formulas = engine.now;

/** Whether a page or a block of a release computes anything: only then its app waits for the formulas. */
export function usesFormulas(release: Pick<AppRelease, "pages"> & { blocks?: unknown }): boolean {
  return JSON.stringify([release.pages, release.blocks]).includes('"source":"expression"');
}
