import type { AppTestDocument, KioskStop } from "../../generated/documents.gen";
import type { Change, Draft } from "../model/contract";
import { givesParam, type Node, type UseQuery, withParamNamed } from "./links";

/** A use that is on no page: in a test of the app, or in the rotation of a wall screen. */
export interface OutsideUse {
  readonly holder: "test" | "kiosk";
  /** Which test; which page of the rotation. */
  readonly id: string;
}

type Params = Readonly<Record<string, string>>;

/** What a test or a stop hands to its page, with another asset in the place of the one looked for. */
function paramsWith<Way extends { page: string; params?: Params }>(
  way: Way,
  query: UseQuery,
  to: string,
): Way {
  if (query.kind === "param") {
    const node = way as unknown as Node;
    return givesParam(node, query.param, query.canvas)
      ? (withParamNamed(node, query.param, to) as unknown as Way)
      : way;
  }
  const { params } = way;
  if (query.kind !== "asset" || !params || !Object.values(params).includes(query.asset)) return way;
  const next = Object.entries(params).map(([name, value]) => [name, value === query.asset ? to : value]);
  return { ...way, params: Object.fromEntries(next) };
}

/** An asset's role with what is looked for in it exchanged. */
function roleWith(asset: string, role: string, query: UseQuery, to: string): [string, string] {
  if (query.kind === "asset") return [asset === query.asset ? to : asset, role];
  const meant = query.kind === "role" && role === query.role && (query.asset ?? asset) === asset;
  return [asset, meant ? to : role];
}

function testWith(test: AppTestDocument, query: UseQuery, to: string): AppTestDocument {
  const given = test.given?.map((one) => {
    const [asset, role] = roleWith(one.asset, one.role, query, to);
    return { ...one, asset, role };
  });
  const expect = test.expect.map((one) => {
    if (one.kind === "write" && one.name) {
      const [asset = "", role = ""] = one.name.split(".");
      return { ...one, name: roleWith(asset, role, query, to).join(".") };
    }
    const ofState = query.kind === "state" && (query.canvas ?? test.page) === test.page;
    return ofState && one.kind === "state" && one.name === query.state ? { ...one, name: to } : one;
  });
  return { ...paramsWith(test, query, to), ...(given ? { given } : {}), expect };
}

const differs = (a: unknown, b: unknown) => JSON.stringify(a) !== JSON.stringify(b);

/** The changes that put another thing in the place of what is looked for in tests and in the rotation. */
export function outsideChanges(draft: Draft, query: UseQuery, to: string): Change[] {
  const changes: Change[] = [];
  for (const [id, test] of Object.entries(draft.tests)) {
    const value = testWith(test, query, to);
    if (differs(test, value)) changes.push({ path: ["tests", id], value });
  }
  const kiosk = draft.app.kiosk?.map((stop) => paramsWith(stop, query, to));
  if (differs(draft.app.kiosk, kiosk)) changes.push({ path: ["app", "kiosk"], value: kiosk });
  return changes;
}

/** No id is like this one: whatever changes when it is put in the place of another is a use of that. */
const ANOTHER = " ";

/** Where something is used in tests and in the rotation, each test and each stop once. */
export function outsideUsesOf(draft: Draft, query: UseQuery): OutsideUse[] {
  const stops = (draft.app.kiosk ?? []).filter((stop: KioskStop) =>
    differs(stop, paramsWith(stop, query, ANOTHER)),
  );
  const tests = Object.entries(draft.tests).filter(([, test]) =>
    differs(test, testWith(test, query, ANOTHER)),
  );
  return [
    ...tests.map(([id]): OutsideUse => ({ holder: "test", id })),
    ...stops.map(({ page }): OutsideUse => ({ holder: "kiosk", id: page })),
  ];
}
