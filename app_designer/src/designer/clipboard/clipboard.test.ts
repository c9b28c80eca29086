import { describe, expect, it } from "vitest";
import type { Element } from "../../generated/documents.gen";
import { elementsOf } from "../model/canvas_key";
import { addElements } from "../model/operations";
import { draftOfPages, id, modelOf, pageOf, valueElement } from "../testing/fixtures";
import { clipOf, parseClip, paste } from "./clipboard";
import { pastePlaces } from "./paste_places";

const card: Element = { type: "card", props_version: 1, parent: null };
const reader: Element = {
  ...valueElement("press_1"),
  parent: { id: id(500), slot: "content" },
  bind: { "/value": { source: "output", element: id(1), output: "value" } },
  events: { press: { action: "call_method", element: id(500), method: "open", params: {} } },
};

function withCard() {
  const model = modelOf();
  const { draft } = model.getState();
  const at = { draft, canvas: "main" };
  model.change(
    "card",
    addElements(at, "", [{ id: id(500), element: card, item: { x: 0, y: 20, w: 6, h: 6 } }]),
  );
  const inside = { draft: model.getState().draft, canvas: "main" };
  const item = { x: 0, y: 0, w: 6, h: 2 };
  model.change("in", addElements(inside, `${id(500)}/content`, [{ id: id(501), element: reader, item }]));
  return model;
}

describe("copied elements", () => {
  it("come with their inside, get new ids, and refer to each other's", () => {
    const model = withCard();
    const state = model.getState();
    const clip = parseClip(JSON.stringify(clipOf(state, [id(500), id(1)])));
    if (!clip) throw new Error("nothing was copied");
    const { changes, ids } = paste(state, clip, "", pastePlaces(state, ""));
    model.change("paste", changes, { select: ids });
    const elements = elementsOf(model.getState().draft, "main");
    const fresh = Object.keys(elements).filter((key) => !elementsOf(state.draft, "main")[key]);
    expect(fresh).toHaveLength(3);
    const copy = fresh.find((key) => elements[key]?.parent);
    const holder = fresh.find((key) => elements[key]?.type === "card");
    const other = fresh.find((key) => key !== copy && key !== holder);
    expect(elements[copy ?? ""]).toMatchObject({
      parent: { id: holder },
      bind: { "/value": { element: other } },
      events: { press: { element: holder } },
    });
    const { lg } = model.getState().draft.pages.main?.layout ?? {};
    expect(lg?.slots?.[`${holder}/content`]?.items).toHaveProperty(copy ?? "");
  });

  it("bring the blocks they use into an app that has them not", () => {
    const from = modelOf();
    const block = {
      format: 1,
      id: "cell",
      version: 1,
      name: { en: "Cell" },
      size: { grid: { w: 4, h: 4 }, compact: { span: 2, h: 4 } },
      layout: { kind: "grid" },
    } as const;
    from.change("block", [{ path: ["blocks", "cell.1"], value: block }]);
    const at = { draft: from.getState().draft, canvas: "main" };
    const element = { type: "composite.cell", props_version: 1, parent: null };
    from.change("use", addElements(at, "", [{ id: id(700), element, item: { x: 0, y: 30, w: 4, h: 4 } }]));
    const clip = clipOf(from.getState(), [id(700)]);
    const to = modelOf(draftOfPages(pageOf("fresh", 1)));
    if (!clip) throw new Error("nothing was copied");
    to.change("paste", paste(to.getState(), clip, "", pastePlaces(to.getState(), "")).changes);
    expect(to.getState().draft.blocks["cell.1"]).toEqual(block);
  });
});

describe("text of the clipboard", () => {
  const good = () =>
    JSON.parse(JSON.stringify(clipOf(modelOf().getState(), [id(1)]))) as Record<string, never>;

  it("is taken when it is what was copied", () => {
    expect(parseClip(JSON.stringify(good()))?.elements).toHaveProperty(id(1));
  });

  it.each([
    ["any text", "interlock"],
    ["other JSON", '{"interlock":"tags"}'],
    ["broken JSON", '{"interlock":"elements",'],
    ["an id that is none", JSON.stringify({ ...good(), elements: { constructor: valueElement("a") } })],
    [
      "a type that is none",
      JSON.stringify({ ...good(), elements: { [id(1)]: { type: "<b>", props_version: 1 } } }),
    ],
    ["a place that is none", JSON.stringify({ ...good(), items: { [id(1)]: { x: "0" } } })],
    ["too much", `{"interlock":"elements","x":"${"x".repeat(2_000_001)}"}`],
    [
      "too deep",
      JSON.stringify({ ...good(), blocks: JSON.parse(`${'{"a":'.repeat(40)}1${"}".repeat(40)}`) }),
    ],
  ])("is refused when it is %s", (_what, text) => {
    expect(parseClip(text)).toBeNull();
  });

  it("loses members no document has", () => {
    const clip = good() as unknown as { elements: Record<string, object> };
    clip.elements[id(1)] = { ...clip.elements[id(1)], script: "alert(1)" };
    expect(parseClip(JSON.stringify(clip))?.elements[id(1)]).not.toHaveProperty("script");
  });
});
