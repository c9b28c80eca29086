import type { ApiClient } from "../api/client";
import { PlantApi, type Preferences } from "../api/plant";
import { ApiError } from "../api/problem";

export type Change = (before: Preferences) => Preferences;

export const NO_PREFERENCES: Preferences = {
  favourites: [],
  last_opened: [],
  units: {},
  zone: "",
  language: "",
  theme: "",
};

const GATHER_MS = 400;
const RETRY_MS = 15_000;

/**
 * What a person has set for themselves. Changes hold at once, are kept on this device, and go to the platform: made
 * anew on what stands there, so that two devices do not undo each other. Without the platform this device's copy holds.
 */
export class PreferenceBook {
  private document: Preferences;
  private pending: Change[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly listeners = new Set<() => void>();
  private readonly plant: PlantApi;
  private readonly key: string;
  private readonly unsentKey: string;

  constructor(
    api: ApiClient,
    person: string,
    private readonly kept: Pick<Storage, "getItem" | "setItem"> = localStorage,
  ) {
    this.plant = new PlantApi(api);
    this.key = `interlock.preferences.${person}`;
    this.unsentKey = `${this.key}.unsent`;
    this.document = this.read();
  }

  snapshot = (): Preferences => this.document;
  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /**
   * Reads what the platform has; without an answer the copy of this device holds. A copy with changes that were not
   * sent before the page was closed is sent now.
   */
  async load(): Promise<void> {
    if (this.kept.getItem(this.unsentKey) === "1") {
      const mine = this.document;
      this.change((before) => ({ ...before, ...mine }));
      return;
    }
    try {
      this.show(this.withPending(await this.plant.preferences()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  change(change: Change): void {
    this.pending.push(change);
    this.kept.setItem(this.unsentKey, "1");
    this.show(change(this.document));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), GATHER_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
    if (this.pending.length > 0) void this.send();
    this.listeners.clear();
  }

  private async send(): Promise<void> {
    const sent = [...this.pending];
    try {
      const next = sent.reduce((before, change) => change(before), await this.plant.preferences());
      await this.plant.putPreferences(next);
      this.pending = this.pending.slice(sent.length);
      if (this.pending.length === 0) this.kept.setItem(this.unsentKey, "");
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // Refused for what it says: sending it again changes nothing. Not answered: later.
      if (error.status >= 400 && error.status < 500) {
        this.pending = this.pending.slice(sent.length);
        if (this.pending.length === 0) this.kept.setItem(this.unsentKey, "");
      } else this.timer = setTimeout(() => void this.send(), RETRY_MS);
    }
  }

  private withPending(document: Preferences): Preferences {
    return this.pending.reduce((before, change) => change(before), document);
  }

  private show(document: Preferences): void {
    const text = JSON.stringify(document);
    if (text === JSON.stringify(this.document)) return;
    this.document = document;
    this.kept.setItem(this.key, text);
    for (const listener of this.listeners) listener();
  }

  private read(): Preferences {
    try {
      const found = JSON.parse(this.kept.getItem(this.key) ?? "{}") as Partial<Preferences>;
      return { ...NO_PREFERENCES, ...found };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return NO_PREFERENCES;
    }
  }
}
