import type { RoleRow, Tag, TagMeta, Value } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import type { Signal, SignalOrigin, SignalProblem, ValueCell } from "@sdk/bindings/signal";
import type { Element } from "../generated/documents.gen";
import { goesRound } from "./cycles";
import { formulas } from "./formula_engine";
import { historyCell } from "./history_cell";
import type { LoadedApp, RuntimeScope } from "./scope";

export type Bound = NonNullable<Element["bind"]>[string];
type TagLike = Extract<Bound, { source: "tag" | "history" }>;

/** The role map row that holds at a moment (µs UTC): of those that had begun, the one that began last. */
export function roleRowAt(
  loaded: Pick<LoadedApp, "roles">,
  asset: string,
  role: string,
  at_us: number,
): RoleRow | null {
  let best: RoleRow | null = null;
  for (const row of loaded.roles) {
    const from = row.valid_from ?? 0;
    if (row.asset !== asset || row.role !== role || from > at_us) continue;
    if (!best || from >= (best.valid_from ?? 0)) best = row;
  }
  return best;
}

/** The tag that plays a role at a moment, by default the one that began last. */
export function tagIdFor(
  loaded: Pick<LoadedApp, "roles">,
  asset: string,
  role: string,
  at_us = Number.POSITIVE_INFINITY,
): number | null {
  return roleRowAt(loaded, asset, role, at_us)?.tag_id ?? null;
}

function rolesOf(loaded: LoadedApp, asset: string): string[] {
  return [...new Set(loaded.roles.filter((row) => row.asset === asset).map((row) => row.role))];
}

/** The asset a binding names, directly or by a parameter; empty when nothing is chosen. */
export function assetOf(scope: RuntimeScope, asset: TagLike["asset"]): string {
  return typeof asset === "string" ? asset : String(scope.params[asset.param] ?? "");
}

export function blankSignal(key: string, problem: SignalProblem | null, bound?: Bound): Signal {
  return {
    key,
    asset: null,
    assetName: null,
    role: null,
    tag: null,
    problem,
    transforms: bound?.transforms ?? [],
  };
}

/** The signal of one role of an asset. */
export function roleSignal(scope: RuntimeScope, key: string, asset: string, role: string): Signal {
  const { loaded, language } = scope;
  const id = tagIdFor(loaded, asset, role, scope.services.live.clock.now());
  const tag = id === null ? null : (loaded.tags.get(id) ?? null);
  return {
    ...blankSignal(`${key}:${asset}:${role}`, tag ? null : id === null ? "unmapped" : "no_permission"),
    asset,
    assetName: asset ? assetName(loaded.assets.get(asset), asset, language) : null,
    role,
    tag,
  };
}

/** Numbers of a history have the unit of their tag, but for those that count. */
function metaOfFn(tag: Tag, fn: string): TagMeta {
  if (fn === "count") return { decimals: 0 };
  if (fn === "first" || fn === "last") return tag.meta;
  const { texts: _texts, texts_i18n: _i18n, colors: _colors, ...meta } = tag.meta;
  return fn === "sum" || fn === "delta" ? { ...meta, span: null, limits: null } : meta;
}

function tagSignals(scope: RuntimeScope, key: string, bound: TagLike): Signal[] {
  const asset = assetOf(scope, bound.asset);
  const roles = bound.role === "*" ? rolesOf(scope.loaded, asset) : [bound.role];
  return roles.map((role) => {
    const signal = { ...roleSignal(scope, key, asset, role), transforms: bound.transforms ?? [] };
    const fn = bound.source === "history" ? bound.fn : null;
    if (bound.source !== "history" || !fn || !signal.tag) return signal;
    const tag = { ...signal.tag, meta: metaOfFn(signal.tag, fn) };
    const range = bound.range ?? null;
    const origin = { kind: "history", fn, range } as const;
    return { ...signal, tag, origin, cell: historyCell(scope, signal.tag.id, fn, range) };
  });
}

function constant(key: string, bound: Bound, value: Value, origin: SignalOrigin, meta?: TagMeta): Signal {
  const signal: Signal = { ...blankSignal(key, null, bound), constant: value, origin };
  return meta ? { ...signal, meta } : signal;
}

/** A parameter reads as what it names: for an asset its name stands beside its id. */
function paramSignal(scope: RuntimeScope, key: string, bound: Extract<Bound, { source: "param" }>): Signal {
  const given = scope.given[bound.param];
  if (given) return { ...given, key, transforms: [...given.transforms, ...(bound.transforms ?? [])] };
  const value = scope.params[bound.param] ?? null;
  const asset = typeof value === "string" ? scope.loaded.assets.get(value) : undefined;
  const origin = { kind: "param", name: bound.param } as const;
  if (!asset) return constant(key, bound, value, origin);
  const name = assetName(asset, asset.id, scope.language);
  return constant(key, bound, value, origin, { texts: { [asset.id]: name } });
}

function celled(key: string, bound: Bound, cell: ValueCell, origin: SignalOrigin): Signal {
  return { ...blankSignal(key, null, bound), cell, origin };
}

/** The signals one binding stands for: `*` stands for every role of its asset. `element` is who takes them. */
export function signalsFor(scope: RuntimeScope, key: string, bound: Bound, element = ""): Signal[] {
  const { memory } = scope;
  switch (bound.source) {
    case "tag":
    case "history":
      return tagSignals(scope, key, bound);
    case "static":
      return [constant(key, bound, bound.value ?? null, { kind: "static" })];
    case "param":
      return [paramSignal(scope, key, bound)];
    case "user":
      return [constant(key, bound, scope.user[bound.field], { kind: "user", name: bound.field })];
    case "state":
      return [
        memory.states.has(bound.name)
          ? celled(key, bound, memory.states.cell(bound.name), { kind: "state", name: bound.name })
          : blankSignal(key, "unmapped", bound),
      ];
    case "output": {
      if (goesRound(scope.elements, element, bound.element)) return [blankSignal(key, "cycle", bound)];
      // The designer gives each element a scope of its own; its check tells what is missing.
      const known = scope.mode === "design" || scope.elements[bound.element] !== undefined;
      if (!known) return [blankSignal(key, "unmapped", bound)];
      const origin = { kind: "output", element: bound.element, name: bound.output } as const;
      return [celled(key, bound, memory.outputs.cell(`${bound.element}.${bound.output}`), origin)];
    }
    case "expression":
      return [
        formulas().expressionSignal(
          scope,
          key,
          bound,
          (name, inner) => signalsFor(scope, name, inner, element)[0],
        ),
      ];
    default:
      return [blankSignal(key, "unsupported", bound)];
  }
}
