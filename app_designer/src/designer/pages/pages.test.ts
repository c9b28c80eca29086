import { expect, test } from "vitest";
import type { PageDocument } from "../../generated/documents.gen";
import type { Draft } from "../model/contract";
import { applyChanges } from "../model/paths";
import { changePageId, copyOfPage, linksTo, movedInMenu, newPage, orderedPages } from "./page_changes";

const EN = (en: string) => ({ en });
const go = (page: string, app: string | null = null) => ({
  action: "navigate" as const,
  page,
  app,
  params: {},
});

const overview: PageDocument = {
  ...newPage("overview", EN("Overview"), "workspace", "grid"),
  parent: "start",
  elements: {
    el_aaaaaaaa: { type: "button", props_version: 1, events: { press: go("start") } },
    el_bbbbbbbb: { type: "link", props_version: 1, props: { page: "start" }, events: {} },
    el_cccccccc: { type: "button", props_version: 1, events: { press: [go("start", "other_app")] } },
    el_dddddddd: {
      type: "value",
      props_version: 1,
      parent: { id: "el_aaaaaaaa", slot: "body" },
      bind: { "/value": { source: "output", element: "el_bbbbbbbb", output: "level" } },
    },
  },
  layout: {
    lg: {
      kind: "grid",
      items: { el_aaaaaaaa: { x: 0, y: 0, w: 3, h: 2 } },
      slots: { "el_aaaaaaaa/body": { kind: "grid", items: { el_dddddddd: { x: 0, y: 0, w: 3, h: 2 } } } },
    },
  },
};
const DRAFT: Draft = {
  app: {
    format: 1,
    id: "line",
    version: "0.1.0",
    name: EN("Line"),
    home: "start",
    nav: [
      { page: "start", label: EN("Start") },
      { page: "overview", label: EN("Overview") },
    ],
    kiosk: [{ page: "start", seconds: 10 }],
  },
  pages: { start: newPage("start", EN("Start"), "station", "free"), overview },
  blocks: {},
  tests: { t: { format: 1, id: "t", name: "T", page: "start", expect: [{ kind: "page", v: "start" }] } },
};

test("a page's new id is followed everywhere, in one step that can be taken back", () => {
  const { root, inverse } = applyChanges(DRAFT, changePageId(DRAFT, "start", "begin"));
  const text = JSON.stringify({ ...root, tests: {} });
  // The link into another app keeps its page.
  expect(text.match(/"start"/g)).toHaveLength(1);
  expect(root.pages.begin?.id).toBe("begin");
  expect(root.app.home).toBe("begin");
  expect(root.tests.t?.page).toBe("begin");
  expect(applyChanges(root, inverse).root).toEqual(DRAFT);
});

test("links to a page are counted, those of other apps not", () => {
  expect(linksTo(DRAFT, "start")).toBe(2);
  expect(linksTo(DRAFT, "overview")).toBe(0);
});

test("an id that is taken changes nothing", () => {
  expect(changePageId(DRAFT, "start", "overview")).toEqual([]);
});

test("a copied page has elements of its own, which still mean each other", () => {
  const copy = copyOfPage(overview, "overview_2", EN("Copy"));
  const ids = Object.keys(copy.elements ?? {});
  expect(ids).toHaveLength(4);
  for (const id of ids) expect(overview.elements).not.toHaveProperty(id);
  const child = Object.values(copy.elements ?? {}).find(({ type }) => type === "value");
  expect(ids).toContain(child?.parent?.id);
  expect(child?.bind?.["/value"]).toMatchObject({ source: "output", element: ids[1] });
  const { slots = {} } = copy.layout.lg;
  expect(Object.keys(slots)).toEqual([`${ids[0]}/body`]);
});

test("the menu is reordered within its ends", () => {
  const { nav = [] } = DRAFT.app;
  expect(movedInMenu(nav, "overview", -1).map(({ page }) => page)).toEqual(["overview", "start"]);
  expect(movedInMenu(nav, "overview", 1)).toEqual(nav);
  expect(orderedPages(DRAFT).map(({ id }) => id)).toEqual(["start", "overview"]);
});
