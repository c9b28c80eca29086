import { freeId } from "@forms/ids";
import type { Bound } from "@runtime/binding";
import type { Asset } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import type { Language } from "@sdk/i18n/catalogue";
import { localText } from "@sdk/i18n/catalogue";
import type {
  AssetType,
  CompositeDocument,
  Element,
  GridItem,
  PageParam,
} from "../../generated/documents.gen";
import { canvasPath, isBlockCanvas } from "../model/canvas_key";
import type { Change, DesignerState, Draft } from "../model/contract";
import { paramsOf } from "../pickers/design_scope";
import type { Manifests } from "../pickers/manifests";
import { indexOf, type PlantIndex, type RoleAt, rolesOfParam } from "../pickers/plant_index";
import { paramAssets } from "../pickers/plant_rows";
import type { DropChoice } from "./drop_choice";
import { dataTexts } from "./texts";

const VALUES_MAX = 4;
const SERIES_MAX = 3;
const PARAM = "machine";

/** The newest block of the app that shows assets of a type. */
export function faceplateOf(draft: Draft, type: string | null | undefined): CompositeDocument | null {
  if (!type) return null;
  const fitting = Object.values(draft.blocks).filter((block) => block.faceplate_of === type);
  return fitting.sort((a, b) => b.version - a.version)[0] ?? null;
}

/** The machine an element shows: a fixed one, or the one a parameter stands for. */
type Shown = string | { param: string };

/** The machine that was dropped, by the page's parameter where that stands for it. */
function shownAsset(state: DesignerState, asset: string): Shown {
  const own = paramAssets(state, "en").find((one) => one.asset?.id === asset);
  return own ? { param: own.name } : asset;
}

/** An instance of a faceplate: its machine is fixed, or that of the page. */
function instanceOf(block: Pick<CompositeDocument, "id" | "version" | "params">, shown: Shown): Element {
  const name = Object.entries(block.params ?? {}).find(([, param]) => param.type === "asset")?.[0] ?? PARAM;
  const element: Element = { type: `composite.${block.id}`, props_version: block.version, parent: null };
  return typeof shown === "string"
    ? { ...element, props: { [name]: shown } }
    : { ...element, bind: { [`/${name}`]: { source: "param", param: shown.param } } };
}

const numeric = (at: RoleAt): boolean =>
  (at.tag ? at.tag.kind !== "s" && at.tag.kind !== "b" : (at.spec?.kind ?? "any") === "number") &&
  !worded(at);
const worded = (at: RoleAt): boolean => Object.keys(at.tag?.meta.texts ?? at.spec?.texts ?? {}).length > 0;

/** What a machine is known by: its state, the numbers its type asks for first, and their course. */
export function keyRoles(roles: readonly RoleAt[]): {
  state: RoleAt | null;
  values: RoleAt[];
  series: RoleAt[];
} {
  const states = roles.filter(worded);
  const state = states.find((at) => at.role === "state") ?? states[0] ?? null;
  const numbers = roles
    .filter(numeric)
    .sort((a, b) => Number(b.spec?.required ?? false) - Number(a.spec?.required ?? false));
  // A counter draws a ramp, which says little beside a temperature.
  const steady = numbers.filter((at) => at.tag?.kind === "f" || (at.tag === null && at.spec?.unit));
  return {
    state,
    values: numbers.slice(0, VALUES_MAX),
    series: (steady.length > 0 ? steady : numbers).slice(0, SERIES_MAX),
  };
}

interface Part {
  element: Element;
  item: GridItem;
}

const asset = { param: PARAM };
const tagged = (role: string): Bound => ({ source: "tag", asset, role });

function partsOf(roles: readonly RoleAt[], manifests: Manifests): Part[] {
  const { state, values, series } = keyRoles(roles);
  const part = (type: string, bind: Record<string, Bound>, item: GridItem): Part[] => {
    const manifest = manifests.get(type);
    return manifest
      ? [{ element: { type, props_version: manifest.props_version, parent: null, bind }, item }]
      : [];
  };
  const top = state ? part("state_tile", { "/value": tagged(state.role) }, { x: 0, y: 0, w: 12, h: 2 }) : [];
  const below = top.length > 0 ? 2 : 0;
  const width = values.length > 1 ? 6 : 12;
  const tiles = values.flatMap((at, index) =>
    part(
      "value",
      { "/value": tagged(at.role) },
      { x: (index % 2) * 6, y: below + Math.floor(index / 2) * 2, w: width, h: 2 },
    ),
  );
  const end = below + Math.ceil(values.length / 2) * 2;
  const courses = Object.fromEntries(
    series.map((at, index) => [
      `/series/${index}`,
      { source: "history", asset, role: at.role } satisfies Bound,
    ]),
  );
  const trend = series.length > 0 ? part("trend", courses, { x: 0, y: end, w: 12, h: 5 }) : [];
  return [...top, ...tiles, ...trend];
}

const LETTERS = "abcdefghijklmnop";

/** A faceplate made of what a type (or one machine) has: a block of the app, to be changed like any other. */
export function generatedFaceplate(
  of: { id: string; name: Record<string, string> },
  type: string | null,
  roles: readonly RoleAt[],
  draft: Draft,
  manifests: Manifests,
): CompositeDocument | null {
  const parts = partsOf(roles, manifests);
  if (parts.length === 0) return null;
  const ids = parts.map((_, index) => `el_aaaaaaa${LETTERS[index] ?? "z"}`);
  const height = Math.max(...parts.map(({ item }) => item.y + item.h));
  const taken = new Set(Object.values(draft.blocks).map((block) => block.id));
  const id = freeId(`${of.id.slice(0, 30)}_face`, taken);
  return {
    format: 1,
    id,
    version: 1,
    name: of.name,
    params: {
      [PARAM]: {
        type: "asset",
        label: { en: "Machine", "zh-CN": "设备" },
        ...(type ? { asset_type: type } : {}),
      },
    },
    ...(type ? { faceplate_of: type } : {}),
    size: {
      grid: { w: 4, h: height, min_w: 3, min_h: 4 },
      free: { w: 400, h: height * 48 },
      compact: { span: 2, h: height },
    },
    elements: Object.fromEntries(parts.map(({ element }, index) => [ids[index], element])),
    layout: { kind: "grid", items: Object.fromEntries(parts.map(({ item }, index) => [ids[index], item])) },
  };
}

interface Faced {
  /** What the face is named after: the type, or a machine without one. */
  readonly of: { id: string; name: Record<string, string> };
  readonly type: AssetType | null;
  readonly roles: readonly RoleAt[];
  readonly shown: Shown;
  /** The name of what was dropped. */
  readonly name: string;
}

/** The face the app has for a type, else one that is made with the drop; null: there is nothing to show. */
function faceChoice(
  { of, type, roles, shown, name }: Faced,
  state: DesignerState,
  manifests: Manifests,
  language: Language,
): DropChoice | null {
  const t = dataTexts(language);
  if (isBlockCanvas(state.canvas)) return null;
  const choice = { id: "faceplate", icon: "apps" };
  const known = faceplateOf(state.draft, type?.id);
  if (known) {
    const label = localText(known.name, language);
    return { ...choice, label, detail: t("faceplate_of", { name }), element: instanceOf(known, shown) };
  }
  const promised = type ? roles.filter((at) => at.spec) : roles;
  const made = generatedFaceplate(
    of,
    type?.id ?? null,
    promised.length > 0 ? promised : roles,
    state.draft,
    manifests,
  );
  if (!made) return null;
  return {
    ...choice,
    label: t("faceplate"),
    detail: t("faceplate_made", { name: type ? localText(type.name, language) : name }),
    element: instanceOf(made, shown),
    changes: [{ path: ["blocks", `${made.id}.${made.version}`], value: made }],
  };
}

/** A table of all values of a machine. */
function tableChoice(
  shown: Shown,
  name: string,
  manifests: Manifests,
  language: Language,
): DropChoice | null {
  const table = manifests.get("tag_table");
  if (!table) return null;
  const bind: Record<string, Bound> = { "/tags/0": { source: "tag", asset: shown, role: "*" } };
  return {
    id: "tag_table",
    label: localText(table.meta.name, language),
    detail: dataTexts(language)("all_values", { name }),
    icon: table.meta.icon ?? "table",
    element: { type: "tag_table", props_version: table.props_version, parent: null, bind },
  };
}

const given = (choice: DropChoice | null): choice is DropChoice => choice !== null;

/** What a dropped asset becomes: its type's faceplate (made now where there is none), a table of all its values. */
export function assetChoices(
  dropped: Asset,
  state: DesignerState,
  manifests: Manifests,
  language: Language,
): DropChoice[] {
  const index = indexOf(state.plant);
  const roles = index.rolesAt.get(dropped.id) ?? [];
  const type = index.types.get(dropped.type ?? "") ?? null;
  const name = assetName(dropped, dropped.id, language);
  const own = {
    id: dropped.id,
    name: { en: assetName(dropped, dropped.id, "en"), "zh-CN": assetName(dropped, dropped.id, "zh-CN") },
  };
  const shown = shownAsset(state, dropped.id);
  return [
    faceChoice({ of: type ?? own, type, roles, shown, name }, state, manifests, language),
    roles.some((at) => at.tag) ? tableChoice(shown, name, manifests, language) : null,
  ].filter(given);
}

/** The page's parameter for machines of a type, and what makes it where there is none. */
function typeParam(type: AssetType, state: DesignerState): { name: string; changes: Change[] } {
  const { draft, canvas } = state;
  const known = Object.entries(paramsOf(draft, canvas)).find(
    ([, param]) => param.type === "asset" && param.asset_type === type.id,
  );
  if (known) return { name: known[0], changes: [] };
  const taken = new Set(Object.keys(paramsOf(draft, canvas)));
  const name = freeId(PARAM, taken);
  const value: PageParam = { type: "asset", label: type.name, asset_type: type.id };
  return { name, changes: [{ path: [...canvasPath(canvas), "params", name], value }] };
}

/** The roles of a type as its best-mapped machine has them; what the type promises where it has no machine. */
function rolesOfType(type: AssetType, index: PlantIndex, param: string): readonly RoleAt[] {
  const mapped = (roles: readonly RoleAt[]) => roles.filter((at) => at.tag).length;
  const [best] = [...index.assets.values()]
    .filter((machine) => machine.type === type.id)
    .map(({ id }) => index.rolesAt.get(id) ?? [])
    .sort((a, b) => mapped(b) - mapped(a));
  return best ?? rolesOfParam(index, { name: param, label: param, asset: null, type });
}

/** What a dropped type becomes: the face and the values of the machine that is chosen at the head of the page. */
export function typeChoices(
  type: AssetType,
  state: DesignerState,
  manifests: Manifests,
  language: Language,
): DropChoice[] {
  const name = localText(type.name, language) || type.id;
  const { name: param, changes } = typeParam(type, state);
  const roles = rolesOfType(type, indexOf(state.plant), param);
  const shown = { param };
  const chosen = dataTexts(language)("of_chosen", { name });
  return [
    faceChoice({ of: type, type, roles, shown, name: chosen }, state, manifests, language),
    roles.length > 0 ? tableChoice(shown, chosen, manifests, language) : null,
  ]
    .filter(given)
    .map((choice) => ({ ...choice, changes: [...changes, ...(choice.changes ?? [])] }));
}
