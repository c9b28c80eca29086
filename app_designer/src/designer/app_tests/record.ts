import type { RoleRow, TagMeta } from "@sdk/api/types";
import { limitLevel } from "@sdk/chart/scale_of";
import { limitLines } from "@sdk/chart/scales";
import { formatValue } from "@sdk/format/number";
import { type Language, translator } from "@sdk/i18n/catalogue";
import type { Sample } from "@sdk/quality";
import type {
  AppTestDocument,
  Element,
  Expectation,
  GivenValue,
  PageDocument,
} from "../../generated/documents.gen";
import type { Plant } from "../model/contract";
import type { Manifests } from "../pickers/manifests";
import type { WhatChoice } from "./choices";

type Bound = NonNullable<Element["bind"]>[string];
type Params = Readonly<Record<string, string>>;
export type SampleOf = (tagId: number) => Sample | null;

const GIVEN_MAX = 500;
const EXPECT_MAX = 200;
/** OPC UA's "waiting for the first value" on this product's scale: there is nothing to promise yet. */
const WAITING_Q = 140;

function assetOf(bound: Bound, params: Params): string | null {
  if (bound.source !== "tag" && bound.source !== "history") return null;
  return typeof bound.asset === "string" ? bound.asset : (params[bound.asset.param] ?? null);
}

/** The tag that plays a role now. */
function tagOf(rows: readonly RoleRow[], asset: string, role: string): number | null {
  let best: RoleRow | null = null;
  for (const row of rows) {
    if (row.asset !== asset || row.role !== role) continue;
    if (!best || (row.valid_from ?? 0) >= (best.valid_from ?? 0)) best = row;
  }
  return best?.tag_id ?? null;
}

function* tagsIn(bound: Bound): Generator<Bound> {
  if (bound.source === "tag" && bound.role !== "*") yield bound;
  if (bound.source === "expression")
    for (const inner of Object.values(bound.vars ?? {})) yield* tagsIn(inner);
}

const classOf = (q: number): "good" | "uncertain" | "bad" =>
  q >= 128 ? "bad" : q >= 64 ? "uncertain" : "good";

interface Now {
  plant: Plant;
  sampleOf: SampleOf;
}

/** What a test needs of a tag's metadata: what decides how its value is read. */
function metaOf({ unit, decimals, limits, texts, texts_i18n }: TagMeta): GivenValue["meta"] {
  const some = <Value>(name: string, value: Value | null | undefined) =>
    value === null ||
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value).length === 0)
      ? {}
      : { [name]: value };
  const set = Object.fromEntries(Object.entries(limits ?? {}).filter(([, at]) => at !== null));
  return {
    ...some("unit", unit),
    ...some("decimals", decimals),
    ...some("limits", set),
    ...some("texts", texts),
    ...some("texts_i18n", texts_i18n),
  };
}

/** The present value of a role, as a test gives it; null where there is none. */
export function givenOf({ plant, sampleOf }: Now, asset: string, role: string): GivenValue | null {
  const tagId = tagOf(plant.roles, asset, role);
  const sample = tagId === null ? null : sampleOf(tagId);
  if (tagId === null || !sample || sample.q === WAITING_Q) return null;
  const meta = metaOf(plant.tags.get(tagId)?.meta ?? {});
  const known = meta && Object.keys(meta).length > 0 ? { meta } : {};
  return { asset, role, v: sample.v, q: sample.q, ...known };
}

interface Read {
  plant: Plant;
  language: Language;
  /** Of the element, where it sets them. */
  decimals: unknown;
}

/** What is read of a value: as `services/documents/shown.py` has it. */
function readOf({ v, meta, asset, role }: GivenValue, { plant, language, decimals }: Read): string {
  const tag = plant.tags.get(tagOf(plant.roles, asset, role) ?? -1);
  const t = translator(language);
  const words = { yes: t("common.yes"), no: t("common.no"), none: t("common.none") };
  const of = { kind: tag?.kind ?? null, meta: (meta ?? {}) as TagMeta };
  const places = typeof decimals === "number" ? decimals : undefined;
  const { text, unit } = formatValue(v ?? null, of as never, language, words, places);
  return unit ? `${text} ${unit}` : text;
}

const levelOf = ({ v, meta }: GivenValue) =>
  limitLevel(typeof v === "number" ? v : null, limitLines(meta?.limits ?? null));

interface PresentOptions extends Now {
  test: AppTestDocument;
  manifests: Manifests;
}

/** What an expectation would be with the values the test gives: a beginning for who writes one. */
export function presentOf(
  { test, plant }: PresentOptions,
  element: Element | null,
  { kind, name }: WhatChoice,
): Partial<Expectation> {
  if (kind === "visible" || kind === "enabled") return { v: true };
  if (kind === "page") return { v: test.page };
  const bound = element?.bind?.[`/${name}`];
  if (bound?.source !== "tag" || (bound.transforms ?? []).length > 0) return {};
  const asset = assetOf(bound, test.params ?? {});
  const given = test.given?.find((one) => one.asset === asset && one.role === bound.role);
  if (!given) return {};
  const language = test.language ?? "en";
  if (kind === "text") return { v: readOf(given, { plant, language, decimals: element?.props?.decimals }) };
  if (kind === "level") return { v: levelOf(given) };
  return kind === "input" ? { v: given.v ?? null } : {};
}

/** A test that says that the page opens: what else it says is written by hand. */
export function emptyTest(
  page: string,
  params: Params,
  language: Language,
  id: string,
  name: string,
): AppTestDocument {
  const spoken = language === "en" ? {} : { language };
  return { format: 1, id, name, page, params: { ...params }, ...spoken, expect: [{ kind: "page", v: page }] };
}

export interface RecordOptions extends Now {
  page: PageDocument;
  params: Params;
  manifests: Manifests;
  language: Language;
}

/**
 * What a page shows now as a test: the values behind it, and for each input bound to one tag what is read of it and
 * where it stands against its limits; of what cannot be read, the value.
 */
export function recordPage(options: RecordOptions, id: string, name: string): AppTestDocument | null {
  const { page, params, language } = options;
  const given = new Map<string, GivenValue>();
  const expect: Expectation[] = [];
  const note = (bound: Bound): GivenValue | null => {
    const asset = assetOf(bound, params);
    if (asset === null || bound.source !== "tag" || given.size >= GIVEN_MAX) return null;
    const value = givenOf(options, asset, bound.role);
    if (value) given.set(`${asset}/${bound.role}`, value);
    return value;
  };
  for (const [id, element] of Object.entries(page.elements ?? {})) {
    for (const [pointer, bound] of Object.entries(element.bind ?? {})) {
      for (const inner of tagsIn(bound)) note(inner);
      if (bound.source !== "tag" || bound.role === "*" || (bound.transforms ?? []).length > 0) continue;
      const found = note(bound);
      if (found && !pointer.startsWith("/@"))
        expect.push(...promised(options, id, element, pointer.slice(1), found));
    }
  }
  if (expect.length === 0) return null;
  return {
    format: 1,
    id,
    name,
    page: page.id,
    params: { ...params },
    ...(language === "en" ? {} : { language }),
    given: [...given.values()],
    expect: expect.slice(0, EXPECT_MAX),
  };
}

function promised(
  { plant, manifests, language }: RecordOptions,
  element: string,
  { type, props }: Element,
  name: string,
  found: GivenValue,
): Expectation[] {
  const q = classOf(found.q ?? 0);
  const { inputs = {}, outputs = {} } = manifests.get(type) ?? {};
  const reads = inputs[name]?.shape === "scalar" && found.v !== null && typeof found.v !== "boolean";
  if (!reads) return [{ kind: "input", element, name, v: found.v ?? null, q }];
  const text = readOf(found, { plant, language, decimals: props?.decimals });
  const leveled = Object.values(outputs).some(({ rule }) => rule?.level_of === name) && found.meta?.limits;
  return [
    { kind: "text", element, name, v: text, q },
    ...(leveled ? [{ kind: "level" as const, element, name, v: levelOf(found) }] : []),
  ];
}
