import { createContext, useContext } from "react";
import type { ApiClient } from "./api/client";
import type { HistoryLoader } from "./history/loader";
import type { Language, Translate } from "./i18n/catalogue";
import type { LiveClient } from "./live/client";
import type { LiveStore } from "./live/store";
import type { RangeChoice } from "./range";

/** What every component can reach: the platform's data, never the document or the editor. */
export interface Services {
  api: ApiClient;
  store: LiveStore;
  live: LiveClient;
  history: HistoryLoader;
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

function need<T>(value: T | null, name: string): T {
  if (value === null) throw new Error(`${name} is missing around this component`);
  return value;
}

export const useServices = (): Services => need(useContext(ServicesContext), "ServicesContext");
export const useLocale = (): Locale => need(useContext(LocaleContext), "LocaleContext");
export const useRange = (): RangeControl => need(useContext(RangeContext), "RangeContext");
export const useOpenDetail = (): ((tagId: number) => void) => useContext(DetailContext);
