/** Unsaved work: the files that differ from the server's, and what the server had (null: no such file). */
export interface JournalEntry {
  /** When it was written, ms. */
  readonly ts: number;
  readonly base: Readonly<Record<string, unknown>>;
  readonly mine: Readonly<Record<string, unknown>>;
}

/** Keeps unsaved work where a crash of the browser does not reach it. */
export interface Journal {
  /** Replaces this session's entry; null: all is saved. */
  write(entry: JournalEntry | null): Promise<void>;
  /** Entries whose session has ended without saving. */
  orphans(): Promise<{ key: string; entry: JournalEntry }[]>;
  forget(keys: readonly string[]): Promise<void>;
  close(): void;
}

const DATABASE = "interlock-designer";
const STORE = "unsaved";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

/** A name held as long as this page lives; whose name is not held has ended. */
function holdName(name: string): () => void {
  let release = () => {};
  navigator.locks
    ?.request(name, () => new Promise<void>((resolve) => (release = resolve)))
    .catch(() => undefined);
  return () => release();
}

async function heldNames(): Promise<Set<string>> {
  const state = await navigator.locks?.query();
  return new Set((state?.held ?? []).map((lock) => lock.name ?? ""));
}

/** The journal of an app in this browser. Without a database it keeps nothing, and saving goes on as ever. */
export async function openJournal(appId: string): Promise<Journal> {
  if (typeof indexedDB === "undefined") return memoryJournal();
  let database: IDBDatabase;
  try {
    database = await openDatabase();
  } catch (error) {
    if (error instanceof DOMException) return memoryJournal();
    throw error;
  }
  const prefix = `interlock-designer/${appId}/`;
  const key = `${prefix}${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
  const release = holdName(key);
  const store = (mode: IDBTransactionMode) => database.transaction(STORE, mode).objectStore(STORE);
  return {
    write: async (entry) => {
      await (entry ? done(store("readwrite").put(entry, key)) : done(store("readwrite").delete(key)));
    },
    orphans: async () => {
      const held = await heldNames();
      const keys = (await done(store("readonly").getAllKeys())).map(String);
      const ended = keys.filter((name) => name.startsWith(prefix) && name !== key && !held.has(name));
      return Promise.all(
        ended.map(async (name) => ({
          key: name,
          entry: (await done(store("readonly").get(name))) as JournalEntry,
        })),
      );
    },
    forget: async (keys) => {
      for (const name of keys) await done(store("readwrite").delete(name));
    },
    close: () => {
      release();
      database.close();
    },
  };
}

/** A journal that lives as long as the page: for tests, and where the browser allows no database. */
export function memoryJournal(kept: Map<string, JournalEntry> = new Map(), key = "this"): Journal {
  return {
    write: async (entry) => {
      if (entry) kept.set(key, structuredClone(entry));
      else kept.delete(key);
    },
    orphans: async () =>
      [...kept].filter(([name]) => name !== key).map(([name, entry]) => ({ key: name, entry })),
    forget: async (keys) => {
      for (const name of keys) kept.delete(name);
    },
    close: () => {},
  };
}
