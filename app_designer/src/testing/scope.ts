import * as formulas from "@runtime/formula";
import { provideFormulas } from "@runtime/formula_engine";
import { createScope, type LoadedApp, type RuntimeScope, type ScopeOptions } from "@runtime/scope";
import type { AppDocument, Element, PageDocument } from "../generated/documents.gen";
import { fakePlatform, tagOf } from "./fakes";

provideFormulas(formulas);

/** An app of one factory with two presses; a test changes what it cares about. */
export function loadedApp(change: Partial<LoadedApp> = {}): LoadedApp {
  return {
    app: { format: 1, id: "demo", version: "1.0.0", name: { en: "Demo" }, home: "page" } as AppDocument,
    pages: {},
    blocks: {},
    release: 1,
    roles: [
      { asset: "press_1", role: "speed", tag_id: 1, valid_from: 0 },
      { asset: "press_1", role: "temperature", tag_id: 2, valid_from: 0 },
      { asset: "press_1", role: "temperature", tag_id: 3, valid_from: 100 },
      { asset: "press_1", role: "secret", tag_id: 9, valid_from: 0 },
      { asset: "press_2", role: "speed", tag_id: 4, valid_from: 0 },
    ],
    assets: new Map([
      ["press_1", { id: "press_1", name: "Press one" }],
      ["press_2", { id: "press_2", name: "Press two" }],
    ]),
    types: new Map(),
    tags: new Map([1, 2, 3, 4].map((id) => [id, tagOf(id)])),
    ...change,
  };
}

export function pageOf(elements: Record<string, Element>, change: Partial<PageDocument> = {}): PageDocument {
  const items = Object.fromEntries(
    Object.keys(elements).map((id, index) => [id, { x: 0, y: index * 2, w: 3, h: 2 }]),
  );
  return {
    format: 1,
    id: "page",
    title: { en: "Page" },
    elements,
    layout: { lg: { kind: "grid", items } },
    ...change,
  };
}

/** A scope over a fake platform. */
export function scopeOf(content: PageDocument, change: Partial<ScopeOptions> = {}): RuntimeScope {
  return createScope({
    loaded: loadedApp({ pages: { [content.id]: content } }),
    services: fakePlatform().services,
    content,
    user: { name: "mona", role: "operator", tenant: "factory" },
    language: "en",
    ...change,
  });
}
