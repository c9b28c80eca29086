import { createContext, type ReactNode, useContext } from "react";
import type { ApiClient } from "./api/client";
import type { SummaryFn, SummaryValue } from "./api/plant";
import type { History } from "./api/types";
import type { Language, Translate } from "./i18n/catalogue";
import type { LinkState } from "./live/client";
import type { LiveStore } from "./live/store";
import type { RangeChoice } from "./range";

/** The stream of live values as a reader sees it: whether it runs, what time it is there, where it may have holes. */
export interface LiveLink {
  /** µs UTC: the server's clock, or the moment that is looked at. */
  readonly clock: { now(): number };
  linkState(): LinkState;
  subscribeLink(listener: () => void): () => void;
  /** Calls back when history of these tags (null: of all) may have changed behind the live stream. */
  subscribeHoles(listener: (ids: number[] | null) => void): () => void;
}

/** Where the course of tags comes from. */
export interface HistorySource {
  /** The history of these tags in [from, to), at most two samples per `points`. */
  load(ids: number[], from: number, to: number, points: number): Promise<History>;
  /** One number of the range [from, to) for a tag; null when the tag is not known. */
  summary(id: number, from: number, to: number, fn: SummaryFn): Promise<SummaryValue | null>;
}

/**
 * What every component can reach: the platform's data, never the document or the editor. Whoever shows other data
 * (a moment of the past, simulated, replayed, examples) provides another `ServicesContext` with its own `store`
 * (a `LiveStore` it puts samples into), `live` and `history`.
 */
export interface Services {
  api: ApiClient;
  store: LiveStore;
  live: LiveLink;
  history: HistorySource;
  /** The data are those of a moment of the past: nothing may be written. */
  past?: boolean;
}

export interface Locale {
  language: Language;
  t: Translate;
}

export interface RangeControl {
  choice: RangeChoice;
  setChoice: (choice: RangeChoice) => void;
}

export const ServicesContext = createContext<Services | null>(null);
export const LocaleContext = createContext<Locale | null>(null);
export const RangeContext = createContext<RangeControl | null>(null);
/** Opens the last 24 hours of a tag. */
export const DetailContext = createContext<(tagId: number) => void>(() => {});

/** A page with its parameters, as a link or an embedded page names it. */
export interface PageTarget {
  page: string;
  params: Readonly<Record<string, string>>;
}

/** Where links lead. Provided by the runtime; without it (gallery, designer) links go nowhere. */
export interface Navigation {
  /** The address of a page, for links that open in a new tab; null where there is none. */
  href: (target: PageTarget) => string | null;
  /** Opens a page of this app; the page's time range goes along. */
  go: (target: PageTarget) => void;
  /** The page that is shown now, so that a link can say "you are here". */
  current: PageTarget | null;
  /** The title of a page in the reader's language; null when the app has no such page (or it may not be seen). */
  title: (page: string) => string | null;
}

const NOWHERE: Navigation = { href: () => null, go: () => {}, current: null, title: () => null };
export const NavigateContext = createContext<Navigation>(NOWHERE);

/**
 * Another page of the app, drawn in place. Provided by the runtime: `render` draws the page without its head
 * (title, parameters, range bar), null when there is none. `path` is the chain of pages around, outermost first;
 * whoever draws an embedded page provides the context anew with that page appended, so that a page can never
 * be drawn inside itself.
 */
export interface Embedding {
  render: (target: PageTarget) => ReactNode;
  path: readonly string[];
}

export const EmbedContext = createContext<Embedding>({ render: () => null, path: [] });

/** Where an element lies on a free area, in the area's own units; `r` degrees clockwise about its middle. */
export interface PlacedBox {
  x: number;
  y: number;
  w: number;
  h: number;
  r: number;
  /** Component, which says the anchors. */
  type: string;
  /** `flip_x`, `flip_y` of symbols are read from here. */
  props: Readonly<Record<string, unknown>>;
}

/**
 * The places of all elements on the same free area, and its size. Provided by whoever lays out a free area (runtime,
 * designer, gallery) around its elements; renewed when an element moves. Null outside of one.
 * A pipe draws in these coordinates: its own SVG is moved back by its own place.
 */
export interface MimicGeometry {
  width: number;
  height: number;
  boxes: ReadonlyMap<string, PlacedBox>;
}

export const MimicGeometryContext = createContext<MimicGeometry | null>(null);

function need<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`${name} is missing around this component`);
  return value;
}

export const useServices = (): Services => need(useContext(ServicesContext), "ServicesContext");
export const useLocale = (): Locale => need(useContext(LocaleContext), "LocaleContext");
export const useRange = (): RangeControl => need(useContext(RangeContext), "RangeContext");
export const useOpenDetail = (): ((tagId: number) => void) => useContext(DetailContext);
export const useNavigation = (): Navigation => useContext(NavigateContext);
export const useEmbedding = (): Embedding => useContext(EmbedContext);
export const useMimicGeometry = (): MimicGeometry | null => useContext(MimicGeometryContext);
