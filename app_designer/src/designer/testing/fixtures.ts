import type { Element, PageDocument } from "../../generated/documents.gen";
import type { Draft, Plant } from "../model/contract";
import { DesignerModel } from "../model/store";

export const NO_PLANT: Plant = { assets: [], types: [], roles: [], tags: new Map() };

export const id = (number: number): string => {
  const letters = "abcdefghijklmnopqrstuvwxyz234567";
  let text = "";
  for (let rest = number, place = 0; place < 8; place += 1, rest = Math.floor(rest / 32))
    text += letters[rest % 32];
  return `el_${text}`;
};

export const valueElement = (asset: string, title = "Speed"): Element => ({
  type: "value",
  props_version: 1,
  parent: null,
  props: { title },
  bind: { "/value": { source: "tag", asset, role: "speed" } },
});

/** A page with `count` values in rows of four; every tenth element is a card with one inside. */
export function pageOf(name: string, count: number, start = 0): PageDocument {
  const elements: Record<string, Element> = {};
  const items: Record<string, { x: number; y: number; w: number; h: number }> = {};
  for (let index = 0; index < count; index += 1) {
    const key = id(start + index);
    elements[key] = valueElement(`press_${index % 3}`, `Value ${index}`);
    items[key] = { x: (index % 4) * 3, y: Math.floor(index / 4) * 2, w: 3, h: 2 };
  }
  return { format: 1, id: name, title: { en: name }, elements, layout: { lg: { kind: "grid", items } } };
}

export function draftOfPages(...pages: PageDocument[]): Draft {
  const home = pages[0]?.id ?? "main";
  return {
    app: {
      format: 1,
      id: "line",
      version: "1.0.0",
      name: { en: "Line" },
      home,
      nav: pages.map((page) => ({ page: page.id, label: page.title, icon: "" })),
    },
    pages: Object.fromEntries(pages.map((page) => [page.id, page])),
    blocks: {},
    tests: {},
  };
}

export function modelOf(
  draft: Draft = draftOfPages(pageOf("main", 8), pageOf("other", 4, 100)),
): DesignerModel {
  return new DesignerModel({ appId: "line", draft, plant: NO_PLANT });
}
