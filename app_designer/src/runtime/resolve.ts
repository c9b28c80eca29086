import { assetName } from "@sdk/bindings/asset_name";
import type { Signal } from "@sdk/bindings/signal";
import type { Language } from "@sdk/i18n/catalogue";
import type { Element } from "../generated/documents.gen";
import type { LoadedApp } from "./app";

type Bound = NonNullable<Element["bind"]>[string];
export type PageParams = Readonly<Record<string, string>>;

export interface ResolveContext {
  loaded: LoadedApp;
  params: PageParams;
  user: { name: string; role: string; tenant: string };
  language: Language;
}

/** The role map row that holds now: of several, the one that began last. */
function tagIdFor(loaded: LoadedApp, asset: string, role: string): number | null {
  let best: { tag_id: number; from: number } | null = null;
  for (const row of loaded.roles) {
    if (row.asset !== asset || row.role !== role) continue;
    const from = row.valid_from ?? 0;
    if (!best || from >= best.from) best = { tag_id: row.tag_id, from };
  }
  return best?.tag_id ?? null;
}

function rolesOf(loaded: LoadedApp, asset: string): string[] {
  return [...new Set(loaded.roles.filter((row) => row.asset === asset).map((row) => row.role))];
}

function signalFor(context: ResolveContext, key: string, asset: string, role: string, bound: Bound): Signal {
  const { loaded, language } = context;
  const id = tagIdFor(loaded, asset, role);
  const tag = id === null ? null : (loaded.tags.get(id) ?? null);
  return {
    key: `${key}:${asset}:${role}`,
    asset,
    assetName: assetName(loaded.assets.get(asset), asset, language),
    role,
    tag,
    problem: tag ? null : id === null ? "unmapped" : "no_permission",
    transforms: bound.transforms ?? [],
  };
}

function blank(key: string, bound: Bound): Signal {
  return {
    key,
    asset: null,
    assetName: null,
    role: null,
    tag: null,
    problem: "unsupported",
    transforms: bound.transforms ?? [],
  };
}

/** The signals one binding stands for: `*` stands for every role of its asset. */
function signalsFor(context: ResolveContext, key: string, bound: Bound): Signal[] {
  if (bound.source === "tag" || bound.source === "history") {
    const asset = typeof bound.asset === "string" ? bound.asset : (context.params[bound.asset.param] ?? "");
    const roles = bound.role === "*" ? rolesOf(context.loaded, asset) : [bound.role];
    return roles.map((role) => signalFor(context, key, asset, role, bound));
  }
  const constant = constantFor(context, bound);
  if (constant === undefined) return [blank(key, bound)];
  return [{ ...blank(key, bound), problem: null, constant }];
}

function constantFor(context: ResolveContext, bound: Bound): string | number | boolean | null | undefined {
  if (bound.source === "static") return bound.value ?? null;
  if (bound.source === "param") return context.params[bound.param] ?? null;
  if (bound.source === "user") return context.user[bound.field];
  return undefined;
}

const POINTER = /^\/([^/]+)(?:\/(\d+))?$/;

/** The inputs of an element: pointers `/name` and `/name/0`, `/name/1`, … in their order. */
export function resolveInputs(element: Element, context: ResolveContext): Record<string, Signal[]> {
  const rows = Object.entries(element.bind ?? {}).flatMap(([pointer, bound]) => {
    const match = POINTER.exec(pointer);
    return match?.[1] ? [{ name: match[1], place: Number(match[2] ?? -1), pointer, bound }] : [];
  });
  rows.sort((a, b) => a.place - b.place);
  const inputs: Record<string, Signal[]> = {};
  for (const { name, pointer, bound } of rows) {
    const list = inputs[name] ?? [];
    list.push(...signalsFor(context, pointer, bound));
    inputs[name] = list;
  }
  return inputs;
}
