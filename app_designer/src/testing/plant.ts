import type { Tag } from "@sdk/api/types";
import type { DesignerState, Draft, Plant } from "../designer/model/contract";
import type { AssetType, ComponentManifest, Element, PageDocument } from "../generated/documents.gen";
import { tagOf } from "./fakes";

const found = import.meta.glob<ComponentManifest>("../../components/*/component.json", {
  eager: true,
  import: "default",
});
/** Every block there is. */
export const manifests = new Map(Object.values(found).map((manifest) => [manifest.id, manifest]));

export const press: AssetType = {
  id: "press",
  name: { en: "Press", "zh-CN": "冲床" },
  roles: [
    {
      role: "state",
      label: { en: "State" },
      texts: { "0": "Off", "2": "Running" },
      colors: { "2": "running" },
      kind: "number",
    },
    {
      role: "temperature",
      label: { en: "Temperature", "zh-CN": "温度" },
      kind: "number",
      unit: "°C",
      required: true,
    },
    { role: "good_count", label: { en: "Good pieces" }, kind: "number" },
  ],
};
const tags: Tag[] = [
  tagOf(1, {
    key: "press_1/state",
    kind: "u",
    meta: { texts: { "2": "Running" }, colors: { "2": "running" }, unit: null },
  }),
  tagOf(2, { key: "press_1/temp", meta: { unit: "°C", span: [0, 100], limits: { hi: 80 } } }),
  tagOf(3, { key: "press_1/good", kind: "u", meta: { unit: null } }),
  tagOf(9, { key: "press_9/new", kind: "f", asset: null, role: null }),
];
/** Two presses, one of them with its tags. */
export const plant: Plant = {
  assets: [
    { id: "press_1", name: "Press 1", type: "press" },
    { id: "press_2", name: "Press 2", type: "press" },
  ],
  types: [press],
  roles: [
    { asset: "press_1", role: "state", tag_id: 1 },
    { asset: "press_1", role: "temperature", tag_id: 2 },
    { asset: "press_1", role: "good_count", tag_id: 3 },
  ],
  tags: new Map(tags.map((tag) => [tag.id, tag])),
};

export const element = (change: Partial<Element> = {}): Element => ({
  type: "value",
  props_version: 1,
  ...change,
});
export const pageOf = (
  id: string,
  elements: Record<string, Element>,
  change: Partial<PageDocument> = {},
): PageDocument => ({
  format: 1,
  id,
  title: { en: id },
  elements,
  layout: { lg: { kind: "grid", items: {} } },
  ...change,
});
export const draftOf = (...pages: PageDocument[]): Draft => ({
  app: { format: 1, id: "app", version: "1.0.0", name: { en: "App" }, home: pages[0]?.id ?? "one" },
  pages: Object.fromEntries(pages.map((page) => [page.id, page])),
  blocks: {},
  tests: {},
});
export const stateOf = (draft: Draft, change: Partial<DesignerState> = {}): DesignerState =>
  ({
    appId: "app",
    draft,
    plant,
    canvas: Object.keys(draft.pages)[0] ?? "",
    selection: [],
    breakpoint: "lg",
    zoom: 1,
    save: "saved",
    conflicts: [],
    canUndo: false,
    canRedo: false,
    params: {},
    ...change,
  }) as DesignerState;
