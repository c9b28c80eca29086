/** Code that is fetched when it is first needed. */
export interface Late<Module> {
  /** Fetches it. Rejects when the code does not arrive; asked again, it is fetched again. */
  load: () => Promise<Module>;
  /**
   * The code; what draws waits for it where it is not here yet, as React waits for code. Throws what went wrong when
   * it did not arrive just now.
   */
  now: () => Module;
  /** The code, or null while it is not here; throws as `now` does what went wrong just now. */
  here: () => Module | null;
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
  const known = (): Module | null => {
    if (here === null && failed && Date.now() - failed.at_ms < RETRY_AFTER_MS) throw failed.error;
    return here;
  };
  return {
    load,
    now: () => {
      const found = known();
      if (found === null) throw load();
      return found;
    },
    here: known,
    provide: (module) => {
      here = module;
    },
  };
}
