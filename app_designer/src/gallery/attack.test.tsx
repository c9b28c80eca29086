import { loadManifests } from "@runtime/registry";
import type { ComponentView } from "@sdk";
import { LocaleContext } from "@sdk/context";
import { translator } from "@sdk/i18n/catalogue";
import { act, render } from "@testing-library/react";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import list from "../../../tests/attack_strings.json";
import type { ComponentManifest } from "../generated/documents.gen";
import { ExampleView } from "./ExampleView";

vi.mock("@sdk/chart/TrendChart", () => ({ default: () => null }));

/** Each way in on its own, and behind two of three ways out of what is around it: the browser tests take the same. */
const ATTACKS = list.frames.flatMap((wayOut, first) =>
  list.bodies.filter((_, second) => first === 0 || (first + second) % 3 !== 0).map((wayIn) => wayOut + wayIn),
);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** The same document with its texts replaced; ids, enums and addresses of media keep their form where `kept` says so. */
function poisoned(value: Json, kept: ReadonlySet<string>, next: () => string): Json {
  if (typeof value === "string") return kept.has(value) ? value : next();
  if (Array.isArray(value)) return value.map((item) => poisoned(item, kept, next));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poisoned(item, kept, next)]));
}

/** Words of a closed list (enum members, kinds): documents with others never reach a view. */
function closedWords(manifest: ComponentManifest): Set<string> {
  const words = new Set(["f", "i", "u", "b", "s"]);
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (node && typeof node === "object") {
      const { enum: members } = node as { enum?: unknown[] };
      for (const member of members ?? []) words.add(String(member));
      for (const item of Object.values(node)) walk(item);
    }
  };
  walk(manifest.props);
  return words;
}

const views = import.meta.glob<{ default: ComponentView<never> }>("../../components/*/View.tsx");
const manifests = (await loadManifests()).filter(({ runtime }) => runtime?.isolation !== "iframe");

function traces(root: HTMLElement): string[] {
  const found: string[] = [];
  for (const element of root.querySelectorAll("*")) {
    if (/^(script|iframe|object|embed|base|meta|link|style|math|x)$/i.test(element.tagName))
      found.push(element.tagName);
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
      const address = /^(href|src|action|formaction|xlink:href|srcdoc)$/i.test(name);
      // What a browser takes out before it reads the scheme.
      const plain = [...value].filter((letter) => letter > " ").join("");
      if (address && /^(javascript|vbscript|data):/i.test(plain)) found.push(`${name}=${value}`);
    }
  }
  return found;
}

async function drawn(
  manifest: ComponentManifest,
  from: number,
): Promise<{ root: HTMLElement; used: number }> {
  const load = views[`../../components/${manifest.id}/View.tsx`];
  const view = (await load?.())?.default as unknown as ComponentView;
  let used = 0;
  const next = () => {
    used += 1;
    return ATTACKS[(from + used) % ATTACKS.length] ?? "";
  };
  const kept = closedWords(manifest);
  const example = manifest.examples[from % manifest.examples.length];
  const props = poisoned((example?.props ?? {}) as Json, kept, next);
  const data = poisoned((example?.data ?? {}) as Json, kept, next);
  const scene = render(
    <LocaleContext.Provider value={{ language: "en", t: translator("en") }}>
      <ExampleView manifest={manifest} example={{ props, data } as never} view={view} />
    </LocaleContext.Provider>,
  );
  await act(async () => {
    await new Promise((done) => setTimeout(done, 20));
  });
  return { root: scene.container, used };
}

describe("attack strings", () => {
  beforeAll(() => {
    vi.spyOn(console, "error").mockImplementation(() => {});
  });
  afterAll(() => expect((globalThis as { __executed?: number }).__executed).toBeUndefined());

  it("are enough", () => expect(new Set(ATTACKS).size).toBeGreaterThanOrEqual(500));

  it.each(manifests.map((manifest) => [manifest.id, manifest] as const))(
    "stay text in %s",
    async (_, manifest) => {
      let from = 0;
      for (let round = 0; round < 12; round += 1) {
        const { root, used } = await drawn(manifest, from);
        expect(traces(root)).toEqual([]);
        from += Math.max(used, 7);
      }
    },
    20_000,
  );

  it("would be found", () => {
    const root = document.createElement("div");
    const link = document.createElement("a");
    link.setAttribute("href", "java\tscript:alert(1)");
    root.append(link, document.createElement("iframe"));
    expect(traces(root)).toHaveLength(2);
  });
});
