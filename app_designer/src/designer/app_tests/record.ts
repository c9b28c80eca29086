import type { RoleRow } from "@sdk/api/types";
import type { Sample } from "@sdk/quality";
import type {
  AppTestDocument,
  Element,
  Expectation,
  GivenValue,
  PageDocument,
} from "../../generated/documents.gen";
import type { Plant } from "../model/contract";

type Bound = NonNullable<Element["bind"]>[string];
export type SampleOf = (tagId: number) => Sample | null;

const GIVEN_MAX = 500;
const EXPECT_MAX = 200;

function assetOf(bound: Bound, params: Readonly<Record<string, string>>): string | null {
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

export interface RecordOptions {
  page: PageDocument;
  plant: Plant;
  params: Readonly<Record<string, string>>;
  sampleOf: SampleOf;
}

/** What a page shows now as a test: the values behind it, and for each input bound to one tag that very value. */
export function recordPage(
  { page, plant, params, sampleOf }: RecordOptions,
  id: string,
  name: string,
): AppTestDocument | null {
  const given = new Map<string, GivenValue>();
  const expect: Expectation[] = [];
  for (const [element, { bind }] of Object.entries(page.elements ?? {})) {
    for (const [pointer, bound] of Object.entries(bind ?? {})) {
      for (const inner of tagsIn(bound)) note(inner);
      if (bound.source !== "tag" || bound.role === "*" || (bound.transforms ?? []).length > 0) continue;
      const found = note(bound);
      if (found && !pointer.startsWith("/@") && expect.length < EXPECT_MAX) {
        const { v, q } = found;
        expect.push({ kind: "input", element, name: pointer.slice(1), v: v ?? null, q: classOf(q ?? 0) });
      }
    }
  }
  function note(bound: Bound): GivenValue | null {
    const asset = assetOf(bound, params);
    if (asset === null || bound.source !== "tag") return null;
    const tagId = tagOf(plant.roles, asset, bound.role);
    const sample = tagId === null ? null : sampleOf(tagId);
    if (!sample || sample.q === 140 || given.size >= GIVEN_MAX) return null;
    const value = { asset, role: bound.role, v: sample.v, q: sample.q };
    given.set(`${asset}/${bound.role}`, value);
    return value;
  }
  if (expect.length === 0) return null;
  return { format: 1, id, name, page: page.id, params: { ...params }, given: [...given.values()], expect };
}
