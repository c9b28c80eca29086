import type { Asset, LocalText, Tag } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { type Language, localText } from "@sdk/i18n/catalogue";
import type { AssetType, SignalRole } from "../../generated/documents.gen";
import type { Plant } from "../model/contract";
import { plantMaps } from "./design_scope";

/** A role at an asset: mapped to a tag, or still without one. */
export interface RoleAt {
  readonly asset: Asset;
  readonly role: string;
  readonly tag: Tag | null;
  /** What the asset's type says of it. */
  readonly spec: SignalRole | null;
  /** Everything it is found by, in every language, small letters. */
  readonly words: string;
}

export interface PlantIndex {
  readonly assets: ReadonlyMap<string, Asset>;
  readonly types: ReadonlyMap<string, AssetType>;
  readonly children: ReadonlyMap<string, readonly Asset[]>;
  readonly rolesAt: ReadonlyMap<string, readonly RoleAt[]>;
  readonly unmapped: readonly { tag: Tag; words: string }[];
}

const ROOT = "";
const indexes = new WeakMap<Plant, PlantIndex>();

const allWords = (text: LocalText | Record<string, string> | null | undefined): string =>
  !text ? "" : typeof text === "string" ? text : Object.values(text).join(" ");

function tagWords(tag: Tag | null): string {
  if (!tag) return "";
  const { meta } = tag;
  return [
    tag.key,
    tag.connection,
    meta.description ?? "",
    allWords(meta.description_i18n),
    meta.unit ?? "",
  ].join(" ");
}

/** Of several rows of a role, the one that began last. */
function mapped(plant: Plant): Map<string, Map<string, number>> {
  const out = new Map<string, Map<string, number>>();
  const since = new Map<string, number>();
  for (const row of plant.roles) {
    const key = `${row.asset}/${row.role}`;
    const from = row.valid_from ?? 0;
    if (from < (since.get(key) ?? Number.NEGATIVE_INFINITY)) continue;
    since.set(key, from);
    const roles = out.get(row.asset) ?? new Map<string, number>();
    roles.set(row.role, row.tag_id);
    out.set(row.asset, roles);
  }
  return out;
}

function rolesOfAsset(
  asset: Asset,
  type: AssetType | undefined,
  roles: ReadonlyMap<string, number> | undefined,
  tags: ReadonlyMap<number, Tag>,
): RoleAt[] {
  const specs = new Map((type?.roles ?? []).map((spec) => [spec.role, spec]));
  const names = [...new Set([...specs.keys(), ...(roles?.keys() ?? [])])];
  return names.map((role) => {
    const id = roles?.get(role);
    const tag = id === undefined ? null : (tags.get(id) ?? null);
    const spec = specs.get(role) ?? null;
    const words = [
      role,
      allWords(spec?.label),
      (spec?.keywords ?? []).join(" "),
      spec?.unit ?? "",
      asset.id,
      allWords(asset.name),
      allWords(asset.name_i18n),
      allWords(type?.name),
      tagWords(tag),
    ];
    return { asset, role, tag, spec, words: words.join(" ").toLowerCase() };
  });
}

/** The plant as pickers show it; made once for each state of the plant. */
export function indexOf(plant: Plant): PlantIndex {
  const known = indexes.get(plant);
  if (known) return known;
  const { assets, types, tags } = plantMaps(plant);
  const map = mapped(plant);
  const children = new Map<string, Asset[]>();
  const rolesAt = new Map<string, RoleAt[]>();
  const used = new Set<number>();
  for (const asset of plant.assets) {
    const parent = asset.parent && assets.has(asset.parent) ? asset.parent : ROOT;
    children.set(parent, [...(children.get(parent) ?? []), asset]);
    rolesAt.set(asset.id, rolesOfAsset(asset, types.get(asset.type ?? ""), map.get(asset.id), tags));
    for (const id of map.get(asset.id)?.values() ?? []) used.add(id);
  }
  const unmapped = [...tags.values()]
    .filter((tag) => !used.has(tag.id))
    .map((tag) => ({ tag, words: tagWords(tag).toLowerCase() }));
  const made = { assets, types, children, rolesAt, unmapped };
  indexes.set(plant, made);
  return made;
}

/** The role in the reader's language: of its type, else of its tag, else its id in words. */
export function roleLabel(at: Pick<RoleAt, "role" | "spec" | "tag">, language: Language): string {
  const given = localText(at.spec?.label, language);
  if (given) return given;
  const { meta } = at.tag ?? {};
  return meta?.description_i18n?.[language] || meta?.description || assetName(undefined, at.role, language);
}

/** A row of the tree, as it is drawn. */
export type PlantRow =
  | { kind: "param"; key: string; depth: number; label: string; hint: string; open: boolean; param: string }
  | { kind: "asset"; key: string; depth: number; label: string; hint: string; open: boolean; asset: Asset }
  | { kind: "type"; key: string; depth: number; label: string; hint: string; type: AssetType }
  | { kind: "head"; key: string; depth: number; label: string; hint: string; open: boolean }
  | {
      kind: "role";
      key: string;
      depth: number;
      label: string;
      hint: string;
      at: RoleAt;
      param: string | null;
    }
  | { kind: "tag"; key: string; depth: number; label: string; hint: string; tag: Tag };

export interface ParamAsset {
  name: string;
  label: string;
  /** The asset it stands for while the page is designed. */
  asset: Asset | null;
  /** Roles of its type, for when no asset is there yet. */
  type: AssetType | null;
}

/** How the group of types is called, and how many machines a type has. */
export interface TypesGroup {
  readonly label: string;
  readonly count: (machines: number) => string;
}

export interface RowOptions {
  open: ReadonlySet<string>;
  search: string;
  language: Language;
  params: readonly ParamAsset[];
  unmappedLabel: string;
  /** The types of machines as a group; none: they are not offered. */
  types?: TypesGroup;
}

/** Rows from top to bottom: the page's machine first, then the plant, then tags that have no role yet. */
export function rowsOf(index: PlantIndex, options: RowOptions): PlantRow[] {
  const words = options.search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => words.every((word) => text.includes(word));
  const searching = words.length > 0;
  const rows: PlantRow[] = [];
  for (const param of options.params) paramRows(rows, index, param, options, fits, searching);
  const walk = (parent: string, depth: number): void => {
    for (const asset of index.children.get(parent) ?? [])
      assetRows(rows, index, asset, depth, options, fits, searching, walk);
  };
  // Closed, the types are one row above the plant; of what is searched, machines and values come first.
  if (!searching) typeRows(rows, index, options, fits, false);
  walk(ROOT, 0);
  if (searching) typeRows(rows, index, options, fits, true);
  const rest = index.unmapped.filter((entry) => fits(entry.words));
  if (rest.length > 0) {
    const key = "unmapped";
    const open = searching || options.open.has(key);
    rows.push({ kind: "head", key, depth: 0, label: options.unmappedLabel, hint: String(rest.length), open });
    if (open) for (const { tag } of rest) rows.push(tagRow(tag, options.language));
  }
  return rows;
}

type Fits = (text: string) => boolean;

function paramRows(
  rows: PlantRow[],
  index: PlantIndex,
  param: ParamAsset,
  options: RowOptions,
  fits: Fits,
  searching: boolean,
): void {
  const { language } = options;
  const roles = rolesOfParam(index, param).filter((at) =>
    fits(`${at.words} ${param.name} ${param.label.toLowerCase()}`),
  );
  if (searching && roles.length === 0) return;
  const key = `param:${param.name}`;
  // What the page is about is open from the start: closing it is the exception.
  const open = searching || !options.open.has(`closed:${key}`);
  const hint = param.asset ? assetName(param.asset, param.asset.id, language) : "";
  rows.push({ kind: "param", key, depth: 0, label: param.label, hint, open, param: param.name });
  if (open) for (const at of roles) rows.push(roleRow(at, 1, language, param.name));
}

/** Types that say what their machines measure, those of this plant first: each stands for all of its machines. */
function typeRows(
  rows: PlantRow[],
  index: PlantIndex,
  { types, open, language }: RowOptions,
  fits: Fits,
  searching: boolean,
): void {
  const found = [...index.types.values()].filter(
    (type) => (type.roles ?? []).length > 0 && fits(`${type.id} ${allWords(type.name)}`.toLowerCase()),
  );
  if (!types || found.length === 0) return;
  const machines = new Map<string, number>();
  for (const { type } of index.assets.values()) if (type) machines.set(type, (machines.get(type) ?? 0) + 1);
  const count = (type: AssetType) => machines.get(type.id) ?? 0;
  found.sort((a, b) => count(b) - count(a));
  const key = "types";
  const shown = searching || open.has(key);
  rows.push({ kind: "head", key, depth: 0, label: types.label, hint: String(found.length), open: shown });
  if (!shown) return;
  for (const type of found) {
    const label = localText(type.name, language) || type.id;
    rows.push({
      kind: "type",
      key: `type:${type.id}`,
      depth: 1,
      label,
      hint: types.count(count(type)),
      type,
    });
  }
}

/** The roles a parameter offers: of the asset it stands for, else those its type promises. */
export function rolesOfParam(index: PlantIndex, param: ParamAsset): readonly RoleAt[] {
  if (param.asset) return index.rolesAt.get(param.asset.id) ?? [];
  const { type } = param;
  if (!type) return [];
  return rolesOfAsset({ id: param.name, name: param.label, type: type.id }, type, undefined, new Map());
}

function assetRows(
  rows: PlantRow[],
  index: PlantIndex,
  asset: Asset,
  depth: number,
  options: RowOptions,
  fits: Fits,
  searching: boolean,
  walk: (parent: string, depth: number) => void,
): void {
  const { language } = options;
  const roles = (index.rolesAt.get(asset.id) ?? []).filter((at) => fits(at.words));
  const at = rows.length;
  const open = searching || options.open.has(asset.id);
  const hint = localText(index.types.get(asset.type ?? "")?.name, language);
  rows.push({
    kind: "asset",
    key: asset.id,
    depth,
    label: assetName(asset, asset.id, language),
    hint,
    open,
    asset,
  });
  if (open) {
    walk(asset.id, depth + 1);
    for (const role of roles) rows.push(roleRow(role, depth + 1, language, null));
  }
  const named = fits(`${asset.id} ${allWords(asset.name)} ${allWords(asset.name_i18n)}`.toLowerCase());
  if (searching && rows.length === at + 1 && !named) rows.length = at;
}

function roleRow(at: RoleAt, depth: number, language: Language, param: string | null): PlantRow {
  const key = `${param === null ? at.asset.id : `param:${param}`}/${at.role}`;
  return {
    kind: "role",
    key,
    depth,
    label: roleLabel(at, language),
    hint: at.tag?.key ?? at.role,
    at,
    param,
  };
}

function tagRow(tag: Tag, language: Language): PlantRow {
  const label = tag.meta.description_i18n?.[language] || tag.meta.description || tag.key;
  return { kind: "tag", key: `tag:${tag.id}`, depth: 1, label, hint: tag.key, tag };
}

/** The ids of an asset and of everything inside it, itself first. */
export function withInside(index: PlantIndex, id: string): string[] {
  return [id, ...(index.children.get(id) ?? []).flatMap((child) => withInside(index, child.id))];
}

const OPEN_ALL_MAX = 300;

/** What is open at first: all of a small plant; of a large one the way to its first machine with signals. */
export function firstOpen(index: PlantIndex): Set<string> {
  const assets = [...index.assets.values()];
  const roles = [...index.rolesAt.values()].reduce((sum, list) => sum + list.length, 0);
  if (roles + assets.length <= OPEN_ALL_MAX) return new Set([...assets.map((asset) => asset.id), "unmapped"]);
  const open = new Set<string>();
  let at = assets.find((asset) => (index.rolesAt.get(asset.id) ?? []).some((role) => role.tag));
  while (at && !open.has(at.id)) {
    open.add(at.id);
    at = index.assets.get(at.parent ?? "");
  }
  return open;
}
