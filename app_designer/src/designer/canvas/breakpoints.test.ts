import { expect, test } from "vitest";
import type { GridItem, PageDocument } from "../../generated/documents.gen";
import { draftOfPages, id, modelOf, pageOf } from "../testing/fixtures";
import { dropOnTablet, shownItem } from "./breakpoints";

const CARD = id(50);
const SLOT = `${CARD}/content`;
const place: GridItem = { x: 5, y: 3, w: 4, h: 2 };

/** Eight values, a card with one of its own place taken, seen on a tablet. */
function tablet() {
  const page: PageDocument = pageOf("main", 8);
  const inside = id(60);
  page.elements = {
    ...page.elements,
    [CARD]: { type: "card", props_version: 1 },
    [inside]: { type: "value", props_version: 1, parent: { id: CARD, slot: "content" } },
  };
  const { lg } = page.layout;
  const slots = { [SLOT]: { kind: "grid" as const, items: { [inside]: { x: 0, y: 0, w: 6, h: 2 } } } };
  page.layout = {
    lg: { ...lg, items: { ...lg.items, [CARD]: { x: 0, y: 20, w: 12, h: 6 } }, slots } as never,
  };
  const model = modelOf(draftOfPages(page));
  model.setBreakpoint("md");
  return model;
}

const pageIn = (model: ReturnType<typeof tablet>) => model.getState().draft.pages.main as PageDocument;

test("moved in its own container on a tablet, an element keeps its place on the PC", () => {
  const model = tablet();
  const before = pageIn(model);
  model.change("move", dropOnTablet(model.getState(), "", { [id(0)]: place }, {}));
  expect(pageIn(model).layout.lg).toEqual(before.layout.lg);
  expect(pageIn(model).elements).toEqual(before.elements);
  expect(pageIn(model).layout.md).toEqual({ kind: "grid", items: { [id(0)]: place } });
});

test("dropped into a container on a tablet, it is in it on every screen: there where dropped, on the PC where there is room", () => {
  const model = tablet();
  const before = model.getState().draft;
  // It had a place of its own on the tablet, outside.
  model.change("move", dropOnTablet(model.getState(), "", { [id(0)]: { ...place, y: 9 } }, {}));
  model.change(
    "into",
    dropOnTablet(model.getState(), SLOT, { [id(0)]: place }, { [id(60)]: { x: 0, y: 5, w: 6, h: 2 } }),
  );
  const { elements, layout } = pageIn(model);
  expect(elements?.[id(0)]?.parent).toEqual({ id: CARD, slot: "content" });
  expect(layout.lg.items).not.toHaveProperty(id(0));
  expect(layout.lg.slots?.[SLOT]?.items?.[id(0)]).toEqual({ x: 6, y: 0, w: 4, h: 2 });
  expect(layout.md?.items).toEqual({});
  expect(layout.md?.slots?.[SLOT]?.items).toEqual({ [id(0)]: place, [id(60)]: { x: 0, y: 5, w: 6, h: 2 } });
  expect(shownItem(model.getState(), id(0))).toEqual(place);
  model.undo();
  model.undo();
  expect(model.getState().draft).toEqual(before);
});

test("a container is not dropped into itself", () => {
  const model = tablet();
  expect(dropOnTablet(model.getState(), SLOT, { [CARD]: place }, {})).toEqual([]);
});
