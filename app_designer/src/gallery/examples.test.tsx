import { blocks, loadManifests } from "@runtime/registry";
import { type ComponentView, useLocale } from "@sdk";
import { LocaleContext } from "@sdk/context";
import { LANGUAGES, type Language, translator } from "@sdk/i18n/catalogue";
import { act, render, waitFor } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ComponentManifest } from "../generated/documents.gen";
import { ExampleView } from "./ExampleView";
import { type BlockState, statesOf } from "./example_services";

// jsdom has no canvas: charts of the chart library are looked at in a real browser.
vi.mock("@sdk/chart/TrendChart", () => ({ default: () => null }));

const all = await loadManifests();
/** Blocks in a sandbox of their own have tests of their own: here is no frame to run them in. */
const manifests = all.filter(({ runtime }) => runtime?.isolation !== "iframe");
const views = import.meta.glob<{ default: ComponentView<never> }>("../../components/*/View.tsx");

function Reader({ language, children }: { language: Language; children: ReactNode }) {
  return (
    <LocaleContext.Provider value={{ language, t: translator(language) }}>{children}</LocaleContext.Provider>
  );
}

async function viewOf(id: string): Promise<ComponentView> {
  const load = views[`../../components/${id}/View.tsx`];
  if (!load) throw new Error(`${id} has no View.tsx`);
  return (await load()).default as unknown as ComponentView;
}

type Shown = Parameters<typeof ExampleView>[0]["example"];

async function show(
  manifest: ComponentManifest,
  example: Shown,
  state: BlockState,
  language: Language,
  compact = false,
) {
  const view = await viewOf(manifest.id);
  const scene = render(
    <Reader language={language}>
      <ExampleView manifest={manifest} example={example} state={state} compact={compact} view={view} />
    </Reader>,
  );
  await act(async () => {
    await new Promise((done) => setTimeout(done, 30));
  });
  return scene;
}

let errors: string[];
beforeEach(() => {
  errors = [];
  vi.spyOn(console, "error").mockImplementation((...parts) => void errors.push(parts.map(String).join(" ")));
});
afterEach(() => {
  const noise = ["not wrapped in act", "not configured to support act"];
  expect(errors.filter((line) => !noise.some((words) => line.includes(words)))).toEqual([]);
});

it("finds blocks, and each of them has its code", () => {
  expect(manifests.length).toBeGreaterThanOrEqual(4);
  expect(manifests.map(({ id }) => id).filter((id) => !blocks.has(id))).toEqual([]);
});

describe.each(manifests.map((manifest) => [manifest.id, manifest] as const))("%s ", (_, manifest) => {
  it("draws every example in both languages, on a PC and on a phone", async () => {
    for (const example of manifest.examples) {
      for (const language of LANGUAGES) {
        for (const compact of [false, true]) {
          const scene = await show(manifest, example as Shown, "good", language, compact);
          expect(scene.container.childElementCount, String(example.name.en)).toBeGreaterThan(0);
          expect(scene.container.querySelector("[data-level=error]"), String(example.name.en)).toBeNull();
          scene.unmount();
        }
      }
    }
  });

  it("draws every state", async () => {
    const [example] = manifest.examples;
    for (const state of statesOf(manifest)) {
      const scene = await show(manifest, example as Shown, state, "en");
      expect(scene.container.childElementCount, state).toBeGreaterThan(0);
      expect(scene.queryAllByText("This block failed"), state).toEqual([]);
      scene.unmount();
    }
  });

  it.each((manifest.tests ?? []).map((test) => [test.name, test] as const))("%s", async (_name, test) => {
    const { expect: wanted, props = {}, data = {} } = test;
    const scene = await show(manifest, { props, data } as Shown, "good", "en");
    if (wanted.text) {
      const text = wanted.text;
      await waitFor(() => expect(scene.container.textContent).toContain(text));
    }
    if (wanted.no_text) expect(scene.container.textContent).not.toContain(wanted.no_text);
    if (wanted.role) expect(scene.queryAllByRole(wanted.role).length).toBeGreaterThan(0);
    if (wanted.state) {
      const found = `[data-level="${wanted.state}"],[data-state="${wanted.state}"]`;
      expect(scene.container.querySelector(found)).not.toBeNull();
    }
  });
});

it("notices a block that fails", async () => {
  const [manifest] = manifests;
  const Broken: ComponentView = () => {
    useLocale();
    throw new Error("broken on purpose");
  };
  const scene = render(
    <Reader language="en">
      <ExampleView manifest={manifest as ComponentManifest} example={{}} view={Broken} />
    </Reader>,
  );
  expect(scene.getByText("This block failed")).toBeTruthy();
  errors = [];
});
