import { describe, expect, it } from "vitest";
import { draftOf, manifests, pageOf, plant, press, stateOf } from "../../testing/plant";
import { applyChanges } from "../model/paths";
import { indexOf } from "../pickers/plant_index";
import { assetRef } from "./drop";
import { assetChoices, generatedFaceplate, keyRoles, typeChoices } from "./faceplate";
import { bestSuggestion, blockChoices, suits } from "./suggest";

describe("a dropped value", () => {
  const at = (role: string) =>
    indexOf(plant)
      .rolesAt.get("press_1")
      ?.find((one) => one.role === role);
  it("offers what suits it best first, bound", () => {
    const temperatureAt = at("temperature");
    const stateAt = at("state");
    if (!temperatureAt || !stateAt) throw new Error("roles are missing");
    const choices = blockChoices(temperatureAt, "press_1", manifests, "en");
    expect(choices.map((choice) => choice.id)).toContain("gauge");
    expect(choices[0]?.element.bind?.["/value"]).toEqual({
      source: "tag",
      asset: "press_1",
      role: "temperature",
    });
    const trend = choices.find((choice) => choice.id === "trend");
    expect(trend?.element.bind?.["/series/0"]).toMatchObject({ source: "history", role: "temperature" });
    expect(blockChoices(stateAt, "press_1", manifests, "en")[0]?.id).toBe("state_tile");
  });
  it("holds every condition of a suggestion", () => {
    const state = at("state");
    if (!state) throw new Error("role is missing");
    expect(suits({ has_colors: true, kind: ["u"] }, state)).toBe(true);
    expect(suits({ has_colors: true, kind: ["f"] }, state)).toBe(false);
    expect(suits({ writable: true }, state)).toBe(false);
    const tile = manifests.get("state_tile");
    if (tile) expect(bestSuggestion(tile, state)?.score).toBeGreaterThan(90);
  });
  it("binds to this page's machine where that stands for the dropped one", () => {
    const draft = draftOf(pageOf("one", {}, { params: { machine: { type: "asset", asset_type: "press" } } }));
    expect(assetRef(stateOf(draft), "press_1")).toEqual({ param: "machine" });
    expect(assetRef(stateOf(draft), "press_2")).toBe("press_2");
    expect(assetRef(stateOf(draft, { params: { machine: "press_2" } }), "press_2")).toEqual({
      param: "machine",
    });
  });
});

describe("a dropped type", () => {
  const type = plant.types[0];
  if (!type) throw new Error("no type");
  const empty = draftOf(pageOf("one", {}));
  it("gives the page a machine to choose, and its face is bound to the chosen one", () => {
    const [face, table] = typeChoices(type, stateOf(empty), manifests, "en");
    const { root } = applyChanges(empty, face?.changes ?? []);
    expect(root.pages.one?.params).toEqual({
      machine: { type: "asset", asset_type: "press", label: type.name },
    });
    expect(face?.element).toMatchObject({
      type: "composite.press_face",
      bind: { "/machine": { source: "param", param: "machine" } },
    });
    expect(root.blocks["press_face.1"]?.params?.machine?.asset_type).toBe("press");
    expect(table?.element.bind?.["/tags/0"]).toMatchObject({ asset: { param: "machine" }, role: "*" });
  });
  it("takes the parameter the page has for that type, and none that stands for another", () => {
    const has = { press: { type: "asset", asset_type: "press" } } as const;
    const [face] = typeChoices(type, stateOf(draftOf(pageOf("one", {}, { params: has }))), manifests, "en");
    expect(face?.element.bind).toEqual({ "/machine": { source: "param", param: "press" } });
    expect(face?.changes?.map(({ path }) => path[0])).toEqual(["blocks"]);
    const other = { machine: { type: "asset", asset_type: "mixer" } } as const;
    const mixed = draftOf(pageOf("one", {}, { params: other }));
    const [beside] = typeChoices(type, stateOf(mixed), manifests, "en");
    const { params } = applyChanges(mixed, beside?.changes ?? []).root.pages.one ?? {};
    expect(Object.keys(params ?? {})).toEqual(["machine", "machine_2"]);
  });
});

describe("a dropped machine", () => {
  it("gets a face made of its type: state, numbers, course", () => {
    const roles = indexOf(plant).rolesAt.get("press_1") ?? [];
    expect(keyRoles(roles).state?.role).toBe("state");
    const face = generatedFaceplate(press, "press", roles, draftOf(pageOf("one", {})), manifests);
    expect(face?.faceplate_of).toBe("press");
    expect(Object.keys(face?.elements ?? {})).toEqual(Object.keys(face?.layout.items ?? {}));
    expect(Object.keys(face?.elements ?? {}).every((id) => /^el_[a-z2-7]{8}$/.test(id))).toBe(true);
  });
  it("gets the face the app has for its type, with its own machine", () => {
    const asset = { id: "press_2", name: "Press 2", type: "press" };
    const [first] = assetChoices(asset, stateOf(draftOf(pageOf("one", {}))), manifests, "en");
    const change = first?.changes?.[0];
    if (!change) throw new Error("no faceplate was made");
    const withFace = applyChanges(draftOf(pageOf("one", {})), [change]).root;
    const [again] = assetChoices(asset, stateOf(withFace), manifests, "en");
    expect(again?.changes).toBeUndefined();
    expect(again?.element).toMatchObject({ type: "composite.press_face", props: { machine: "press_2" } });
  });
});
