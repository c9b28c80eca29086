import { describe, expect, it } from "vitest";
import type { CompositeDocument, CompositeParam, Element } from "../../generated/documents.gen";
import type { Draft } from "../model/contract";
import { draftOfPages, id, modelOf, pageOf } from "../testing/fixtures";
import {
  instanceChanges,
  instancesBehind,
  notesBetween,
  updatedElement,
  updateInstances,
} from "./instance_changes";

const label = (en: string) => ({ en });
const text = (name: string, value: string | null = null): CompositeParam => ({
  type: "text",
  label: label(name),
  default: value,
});
const block = (version: number, params: CompositeDocument["params"] = {}, note = ""): CompositeDocument => ({
  format: 1,
  id: "cell",
  version,
  name: { en: "Cell" },
  note,
  params,
  size: { grid: { w: 3, h: 2 }, compact: { span: 2, h: 2 } },
  elements: {},
  layout: { kind: "grid", items: {} },
});
const instance = (version: number, more: Partial<Element> = {}): Element => ({
  type: "composite.cell",
  props_version: version,
  parent: null,
  ...more,
});

const OLD = block(1, { machine: { type: "asset", label: label("Machine") }, title: text("Title", "Cell") });

describe("what a newer version means for a place", () => {
  const next = (params: CompositeDocument["params"]) => block(2, { ...OLD.params, ...params });

  it("is nothing where its own settings stay", () => {
    expect(
      instanceChanges(instance(1, { props: { machine: "press_1" } }), OLD, block(2, OLD.params)),
    ).toEqual([]);
  });

  it("is a new parameter with its default, or with nothing", () => {
    const found = instanceChanges(
      instance(1),
      OLD,
      next({ unit: text("Unit", "bar"), shift: text("Shift") }),
    );
    expect(found).toEqual([
      { kind: "added", param: "unit", value: "bar" },
      { kind: "unset", param: "shift" },
    ]);
  });

  it("is a value or a binding lost with a parameter that is gone, and its removal where nothing was set", () => {
    const gone = block(2, {});
    const bind: Element["bind"] = { "/machine": { source: "param", param: "asset" } };
    expect(instanceChanges(instance(1, { props: { title: "Mine" }, bind }), OLD, gone)).toEqual([
      { kind: "binding_lost", param: "machine", binding: bind?.["/machine"] },
      { kind: "value_lost", param: "title", value: "Mine" },
    ]);
    expect(instanceChanges(instance(1), OLD, gone).map(({ kind }) => kind)).toEqual(["removed", "removed"]);
  });

  it("is another default only where it is followed", () => {
    const after = next({ title: text("Title", "Zone") });
    expect(instanceChanges(instance(1), OLD, after)).toEqual([
      { kind: "default", param: "title", before: "Cell", value: "Zone" },
    ]);
    expect(instanceChanges(instance(1, { props: { title: "Mine" } }), OLD, after)).toEqual([]);
  });

  it("is a value that does not fit the new type of its parameter", () => {
    const after = next({ title: { type: "number", label: label("Title"), default: 4 } });
    expect(instanceChanges(instance(1, { props: { title: "Mine" } }), OLD, after)).toEqual([
      { kind: "type_lost", param: "title", value: "Mine" },
    ]);
  });

  it("takes from the element what has no place, and nothing else", () => {
    const element = instance(1, {
      name: "Left",
      props: { machine: "press_1", title: "Mine" },
      bind: { "/title": { source: "param", param: "x" }, "/visible": { source: "param", param: "y" } },
    });
    const after = block(2, { machine: { type: "asset", label: label("Machine") } });
    expect(updatedElement(element, OLD, after)).toEqual({
      type: "composite.cell",
      props_version: 2,
      parent: null,
      name: "Left",
      props: { machine: "press_1" },
      bind: { "/visible": { source: "param", param: "y" } },
    });
  });
});

describe("the review", () => {
  const page = (name: string, from: number, versions: number[]) => ({
    ...pageOf(name, 0),
    elements: Object.fromEntries(versions.map((version, n) => [id(from + n), instance(version)])),
  });
  const draft: Draft = {
    ...draftOfPages(page("main", 1, [1, 2, 3]), page("other", 50, [1])),
    blocks: {
      "cell.1": OLD,
      "cell.2": block(2, OLD.params, "wider"),
      "cell.3": block(3, OLD.params, "greener"),
    },
  };

  it("offers the places that are behind, on every page", () => {
    expect(instancesBehind(draft, "cell", 3)).toEqual([
      { canvas: "main", id: id(1), version: 1 },
      { canvas: "main", id: id(2), version: 2 },
      { canvas: "other", id: id(50), version: 1 },
    ]);
  });

  it("updates the ticked ones in one step; the others stay on their version", () => {
    const model = modelOf(draft);
    const [first, , third] = instancesBehind(draft, "cell", 3);
    const after = draft.blocks["cell.3"] as CompositeDocument;
    const chosen = [first, third].flatMap((one) => (one ? [one] : []));
    model.change("update", updateInstances(model.getState().draft, chosen, after));
    const versions = (state: Draft) =>
      [...Object.values(state.pages)].flatMap(({ elements }) =>
        Object.values(elements ?? {}).map(({ props_version }) => props_version),
      );
    expect(versions(model.getState().draft)).toEqual([3, 2, 3, 3]);
    model.undo();
    expect(model.getState().draft).toEqual(draft);
  });

  it("tells the notes of every version on the way", () => {
    expect(notesBetween({ draft }, "cell", 1, 3)).toEqual([
      { version: 2, note: "wider" },
      { version: 3, note: "greener" },
    ]);
    expect(notesBetween({ draft }, "cell", 2, 3)).toHaveLength(1);
  });
});
