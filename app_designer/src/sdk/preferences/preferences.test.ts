import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { signalFor, tagOf } from "../../testing/fakes";
import { ApiClient } from "../api/client";
import type { Preferences } from "../api/plant";
import { ApiError } from "../api/problem";
import { NO_PREFERENCES, PreferenceBook } from "./book";
import { displayOfSignal, displayUnit, signalIn } from "./display_unit";
import { homeOrder, withOpened, withStar, withUnit } from "./marks";

const F = { temperature: "°F", pressure: "kPa" };

describe("display units", () => {
  it("convert numbers and keep what the digits say", () => {
    const fahrenheit = displayUnit("°C", F);
    expect(fahrenheit?.unit).toBe("°F");
    expect(fahrenheit?.convert(25)).toBe(77);
    expect(fahrenheit?.decimals(1)).toBe(1);
    expect(displayUnit("bar", F)?.convert(2.5)).toBe(250);
    expect(displayUnit("bar", F)?.decimals(2)).toBe(0);
    for (const unit of ["°F", "1/min", "", "cartons", null]) expect(displayUnit(unit, F)).toBeNull();
  });
  it("leave alone what another zero would make wrong, and what was scaled by the app", () => {
    const signal = signalFor(tagOf(1));
    expect(displayOfSignal(signal, F)?.unit).toBe("°F");
    const history = (fn: string) => ({ ...signal, origin: { kind: "history" as const, fn, range: null } });
    expect(displayOfSignal(history("mean"), F)?.unit).toBe("°F");
    expect(displayOfSignal(history("delta"), F)).toBeNull();
    expect(displayOfSignal({ ...signal, transforms: [{ op: "scale", factor: 2 }] }, F)).toBeNull();
    const formula = { get: () => null, subscribe: () => () => {}, live: true, formula: "a - b" };
    expect(displayOfSignal({ ...signal, cell: formula }, F)).toBeNull();
  });
  it("reach limits, span and axis of a chart, and only once", () => {
    const tag = tagOf(1, { meta: { limits: { hi: 75 }, span: [0, 100] } });
    const shown = signalIn(signalFor(tag), F);
    expect(shown.tag?.meta).toMatchObject({ unit: "°F", limits: { hi: 167 }, span: [32, 212], decimals: 1 });
    expect(shown.transforms).toEqual([{ op: "scale", factor: 1.8, offset: 32 }]);
    expect(signalIn(shown, F)).toBe(shown);
    expect(signalIn(signalFor(tag), {}).tag).toBe(tag);
  });
});

describe("marks", () => {
  it("put favourites first, then what was opened last, then names", () => {
    let mine = withStar(NO_PREFERENCES, "c", true);
    mine = withOpened(withOpened(mine, "b", "page", 1), "d", "page", 2);
    const apps = ["a", "b", "c", "d"].map((id) => ({ id, name: id.toUpperCase() }));
    expect(homeOrder(apps, mine).map(({ id }) => id)).toEqual(["c", "d", "b", "a"]);
    expect(withStar(mine, "c", false).favourites).toEqual([]);
    expect(withOpened(mine, "b", "other", 3).last_opened.map(({ app }) => app)).toEqual(["b", "d"]);
    expect(withUnit(withUnit(mine, "mass", "lb"), "mass", "").units).toEqual({});
  });
});

describe("the book of preferences", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  function keptIn(key?: string, text = "") {
    const kept = new Map(key ? [[key, text]] : []);
    return {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (n: string, t: string) => void kept.set(n, t),
    };
  }
  function platform(start: Partial<Preferences> = {}) {
    const api = new ApiClient();
    const state = { document: { ...NO_PREFERENCES, ...start }, away: false };
    vi.spyOn(api, "request").mockImplementation(async (method, _path, body) => {
      if (state.away) throw new ApiError(0, "unreachable", "");
      if (method === "PUT") state.document = body as Preferences;
      return state.document as never;
    });
    return { api, state };
  }
  it("makes changes on what another device has set meanwhile", async () => {
    const { api, state } = platform();
    const book = new PreferenceBook(api, "factory/mona", keptIn());
    await book.load();
    book.change((before) => withStar(before, "line", true));
    expect(book.snapshot().favourites).toEqual([{ app: "line" }]);
    state.document = { ...state.document, zone: "Asia/Shanghai" };
    await vi.advanceTimersByTimeAsync(500);
    expect(state.document).toMatchObject({ zone: "Asia/Shanghai", favourites: [{ app: "line" }] });
  });
  it("keeps a change that was made just before the page was closed", async () => {
    const { api, state } = platform();
    const kept = keptIn();
    new PreferenceBook(api, "factory/mona", kept).change((before) => withUnit(before, "mass", "lb"));
    const again = new PreferenceBook(api, "factory/mona", kept);
    await again.load();
    expect(again.snapshot().units).toEqual({ mass: "lb" });
    await vi.advanceTimersByTimeAsync(500);
    expect(state.document.units).toEqual({ mass: "lb" });
    state.document = NO_PREFERENCES;
    const third = new PreferenceBook(api, "factory/mona", kept);
    await third.load();
    expect(third.snapshot().units).toEqual({});
  });
  it("works without the platform, and sends when it is back", async () => {
    const { api, state } = platform();
    state.away = true;
    const kept = keptIn("interlock.preferences.factory/mona", '{"zone":"Europe/Berlin"}');
    const book = new PreferenceBook(api, "factory/mona", kept);
    await book.load();
    expect(book.snapshot().zone).toBe("Europe/Berlin");
    book.change((before) => withUnit(before, "temperature", "°F"));
    await vi.advanceTimersByTimeAsync(1000);
    expect(new PreferenceBook(api, "factory/mona", kept).snapshot().units).toEqual({ temperature: "°F" });
    state.away = false;
    await vi.advanceTimersByTimeAsync(20_000);
    expect(state.document.units).toEqual({ temperature: "°F" });
  });
});
