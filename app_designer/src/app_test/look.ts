import { mayUse } from "@runtime/access";
import { signalsFor } from "@runtime/binding";
import { valueNow } from "@runtime/evaluate";
import type { AppWatch } from "@runtime/scope";
import type { Value } from "@sdk/api/types";
import { signalMeta } from "@sdk/bindings/signal";
import { limitLevel } from "@sdk/chart/scale_of";
import { limitLines } from "@sdk/chart/scales";
import type { AppTestDocument, Expectation } from "../generated/documents.gen";
import { cellText, elementAt, isDrawn, isSameText, reads, topOf } from "./page_parts";
import type { GivenWorld } from "./world";

/** The app as it runs, as a test sees it. */
export interface Seen {
  readonly root: HTMLElement;
  readonly world: GivenWorld;
  readonly watch: AppWatch;
  readonly test: AppTestDocument;
  /** A state of the page, else of the app. */
  readonly state: (name: string) => Value;
}

export interface Found {
  readonly v: Value;
  readonly q: "good" | "uncertain" | "bad";
}

/** Why nothing can be said. */
export type Unknown = "no_element" | "no_cell" | "not_here";

const TEXT_MAX = 200;
const classOf = (q: number): Found["q"] => (q >= 128 ? "bad" : q >= 64 ? "uncertain" : "good");
const good = (v: Value): Found => ({ v, q: "good" });

/** What a binding of an element gives now; null when it has none. */
async function bound({ watch }: Seen, path: string, pointer: string): Promise<Found | null> {
  const place = watch.places.get(path);
  const binding = place?.element.bind?.[pointer];
  if (!place || !binding) return null;
  const { v, q } = await valueNow(place.scope, binding, { element: path, event: "", payload: {} });
  return { v, q: classOf(q) };
}

/** Whether a person may use it now, by role and condition. */
export async function isUsable(seen: Seen, path: string): Promise<boolean> {
  const place = seen.watch.places.get(path);
  if (!place || !mayUse(place.element.access, place.scope.user)) return false;
  const found = await bound(seen, path, "/@enabled");
  return found === null || found.v === true;
}

function ofPage({ root, world, state }: Seen, { kind, name = "" }: Expectation): Found | null {
  if (kind === "state") return good(state(name));
  if (kind === "write") return good(world.writes.get(name) ?? null);
  if (kind === "page")
    return good(topOf(root).querySelector<HTMLElement>("[data-page]")?.dataset.page ?? null);
  return null;
}

/** What is found where a test looks. */
export async function look(seen: Seen, expected: Expectation): Promise<Found | Unknown> {
  const page = ofPage(seen, expected);
  if (page) return page;
  const { kind, element: path = "", name = "" } = expected;
  const element = elementAt(seen.root, path ?? "");
  if (kind === "visible") return good(isDrawn(element));
  if (!element || !isDrawn(element)) return "no_element";
  if (kind === "cell") {
    const text = cellText(element, name);
    if (text === null) return "no_cell";
    return good(isSameText(text, String(expected.v ?? "")) ? (expected.v ?? "") : text);
  }
  if (kind === "output") return good(seen.watch.outputs.get(`${path}.${name}`) ?? null);
  if (kind === "enabled") return good(await isUsable(seen, path ?? ""));
  const pointer = kind === "tone" ? "/@tone" : inputOf(seen, path ?? "", name);
  const given = await bound(seen, path ?? "", pointer);
  if (kind === "text") return { v: textIn(element, String(expected.v ?? "")), q: given?.q ?? "good" };
  if (kind === "level" && given) return { v: levelAt(seen, path ?? "", pointer, given.v), q: given.q };
  return given ?? "not_here";
}

/** The input that is named, or the only one that is bound. */
function inputOf({ watch }: Seen, path: string, name: string): string {
  if (name) return `/${name}`;
  const pointers = Object.keys(watch.places.get(path)?.element.bind ?? {});
  return pointers.find((one) => !one.startsWith("/@")) ?? "";
}

/** What is expected where it is read in the element, else all that is read there. */
function textIn(element: HTMLElement, expected: string): string {
  if (reads(element, expected)) return expected;
  return (element.textContent ?? "").replace(/\s+/g, " ").trim().slice(0, TEXT_MAX);
}

/** Where a value stands against the limits of its tag. */
function levelAt({ watch }: Seen, path: string, pointer: string, v: Value): Value {
  const place = watch.places.get(path);
  const binding = place?.element.bind?.[pointer];
  const signal = place && binding ? signalsFor(place.scope, "", binding)[0] : undefined;
  const limits = signal ? signalMeta(signal).limits : null;
  return limitLevel(typeof v === "number" ? v : null, limitLines(limits ?? null));
}
