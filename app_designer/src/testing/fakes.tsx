import { ApiClient } from "@sdk/api/client";
import type { History, HistoryQuery, Tag, Value } from "@sdk/api/types";
import type { Signal } from "@sdk/bindings/signal";
import { LocaleContext, RangeContext, type Services, ServicesContext } from "@sdk/context";
import { HistoryLoader } from "@sdk/history/loader";
import { type Language, translator } from "@sdk/i18n/catalogue";
import { LiveClient, type SocketLike } from "@sdk/live/client";
import { LiveStore } from "@sdk/live/store";
import { UnitsContext } from "@sdk/preferences/context";
import type { UnitWishes } from "@sdk/preferences/display_unit";
import type { Sample } from "@sdk/quality";
import type { ReactNode } from "react";

/** A socket that a test plays the platform on. */
export class FakeSocket implements SocketLike {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  readonly sent: { type: string; req?: number; ids?: number[] }[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.closed = true;
    this.readyState = 3;
  }
  accept(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  fail(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export function tagOf(id: number, change: Partial<Tag> & { meta?: Tag["meta"] } = {}): Tag {
  return {
    id,
    key: `press_1/tag_${id}`,
    edge: "line_1",
    connection: "press_1",
    kind: "f",
    asset: "press_1",
    role: `role_${id}`,
    ...change,
    meta: { unit: "°C", decimals: 1, scan_ms: 1000, ...change.meta },
  };
}

export function signalFor(tag: Tag | null, change: Partial<Signal> = {}): Signal {
  return {
    key: String(tag?.id ?? "none"),
    asset: "press_1",
    assetName: "Press 1",
    role: tag?.role ?? "temperature",
    tag,
    problem: tag ? null : "unmapped",
    transforms: [],
    ...change,
  };
}

export const sampleOf = (v: Value, change: Partial<Sample> = {}): Sample => ({
  v,
  q: 0,
  ts: Date.now() * 1000,
  fresh: 0,
  good: null,
  ...change,
});

export interface FakePlatform {
  services: Services & { live: LiveClient };
  asked: HistoryQuery[];
  sockets: FakeSocket[];
}

/** Services whose history is given and whose socket is a `FakeSocket`. */
export function fakePlatform(history: History = { series: [], gaps: [] }): FakePlatform {
  const asked: HistoryQuery[] = [];
  const sockets: FakeSocket[] = [];
  const store = new LiveStore();
  const live = new LiveClient(store, () => {
    const socket = new FakeSocket();
    sockets.push(socket);
    return socket;
  });
  const api = new ApiClient();
  api.history = async (query) => {
    asked.push(query);
    return history;
  };
  return { services: { api, store, live, history: new HistoryLoader(api) }, asked, sockets };
}

interface SceneProps {
  platform: FakePlatform;
  language?: Language;
  units?: UnitWishes;
  children: ReactNode;
}

const AS_STORED: UnitWishes = {};

/** What the runtime puts around a component. */
export function Scene({ platform, language = "en", units = AS_STORED, children }: SceneProps) {
  return (
    <LocaleContext.Provider value={{ language, t: translator(language) }}>
      <ServicesContext.Provider value={platform.services}>
        <RangeContext.Provider value={{ choice: LIVE_HOUR, setChoice: () => {} }}>
          <UnitsContext.Provider value={units}>{children}</UnitsContext.Provider>
        </RangeContext.Provider>
      </ServicesContext.Provider>
    </LocaleContext.Provider>
  );
}

const LIVE_HOUR = { kind: "live", span: "1h" } as const;
