/** Code that is fetched when it is first needed. */
export interface Late<Module> {
  /** Fetches it. Rejects when the code does not arrive; asked again, it is fetched again. */
  load: () => Promise<Module>;
  /**
   * The code; what draws waits for it where it is not here yet, as React waits for code. Throws what went wrong when
   * it did not arrive just now.
   */
  now: () => Module;
  /** Gives the code without fetching it, for a screen that brings it along in its own. */
  provide: (module: Module) => void;
}

/** So long after a failure drawing does not ask again: React draws twice before it shows one. */
export const RETRY_AFTER_MS = 1000;

export function late<Module>(fetch: () => Promise<Module>): Late<Module> {
  let here: Module | null = null;
  let coming: Promise<Module> | null = null;
  let failed: { error: unknown; at_ms: number } | null = null;
  const load = (): Promise<Module> => {
    if (here !== null) return Promise.resolve(here);
    coming ??= fetch().then(
      (module) => {
        here = module;
        failed = null;
        return module;
      },
      (error) => {
        coming = null;
        failed = { error, at_ms: Date.now() };
        throw error;
      },
    );
    return coming;
  };
  return {
    load,
    now: () => {
      if (here !== null) return here;
      if (failed && Date.now() - failed.at_ms < RETRY_AFTER_MS) throw failed.error;
      throw load();
    },
    provide: (module) => {
      here = module;
    },
  };
}
