import { type Language, localText } from "@sdk/i18n/catalogue";
import type { Element, EventSpec, Expectation, PageDocument } from "../../generated/documents.gen";
import type { Draft } from "../model/contract";
import { compositeOf, elementName, type Manifests } from "../pickers/manifests";

/** As the contract's path of an element: an instance in an instance, five deep. */
const DEPTH_MAX = 5;
const CHOICES_MAX = 2000;

/** An element of the page, or one inside the blocks on it, by the path a test names it with. */
export interface ElementChoice {
  readonly path: string;
  /** What it is called, behind what it lies in. */
  readonly label: string;
  readonly element: Element;
}

/** What can be looked at. */
export interface WhatChoice {
  readonly kind: Expectation["kind"];
  readonly name: string;
  /** What it is called beside the kind: an input, an output, a state. */
  readonly label: string;
}

/** Every element a test of this page can name. */
export function elementChoices(
  draft: Draft,
  page: PageDocument | undefined,
  manifests: Manifests,
  language: Language,
): ElementChoice[] {
  const found: ElementChoice[] = [];
  const walk = (elements: Readonly<Record<string, Element>>, base: string, label: string, depth: number) => {
    for (const [id, element] of Object.entries(elements)) {
      if (found.length >= CHOICES_MAX) return;
      const path = base ? `${base}/${id}` : id;
      const name = elementName(element, draft, manifests, language);
      const whole = label ? `${label} › ${name}` : name;
      found.push({ path, label: whole, element });
      const block = depth < DEPTH_MAX ? compositeOf(draft, element) : null;
      if (block) walk(block.elements ?? {}, path, whole, depth + 1);
    }
  };
  walk(page?.elements ?? {}, "", "", 1);
  return found;
}

/** The inputs of an element that show one value: those whose text can be read. */
function shownInputs(element: Element, manifests: Manifests): string[] {
  const inputs = manifests.get(element.type)?.inputs ?? {};
  return Object.entries(inputs)
    .filter(([name, { shape }]) => shape === "scalar" && element.bind?.[`/${name}`] !== undefined)
    .map(([name]) => name);
}

/** What of an element a test can look at; some of it is judged in a browser. */
export function whatOfElement(element: Element, manifests: Manifests, language: Language): WhatChoice[] {
  const manifest = manifests.get(element.type);
  const named = (name: string) => localText(manifest?.inputs?.[name]?.label, language) || name;
  const inputs = shownInputs(element, manifests);
  const reads = (kind: Expectation["kind"]) =>
    inputs.map((name) => ({ kind, name, label: inputs.length > 1 || kind === "input" ? named(name) : "" }));
  const limited = inputs.filter((name) =>
    ["tag", "history"].includes(element.bind?.[`/${name}`]?.source ?? ""),
  );
  const outputs = Object.entries(manifest?.outputs ?? {});
  return [
    ...reads("text"),
    ...reads("level").filter(({ name }) => limited.includes(name)),
    { kind: "visible", name: "", label: "" },
    { kind: "enabled", name: "", label: "" },
    ...reads("input"),
    ...outputs.map(
      ([name, { label }]): WhatChoice => ({ kind: "output", name, label: localText(label, language) }),
    ),
    ...(manifest?.cells ? [{ kind: "cell" as const, name: "1/1", label: "" }] : []),
    ...(element.bind?.["/@tone"] ? [{ kind: "tone" as const, name: "", label: "" }] : []),
  ];
}

/** What a test can look at that belongs to no element: the page that is open, states. */
export function whatOfPage(draft: Draft, page: PageDocument | undefined): WhatChoice[] {
  const states = Object.keys({ ...draft.app.state, ...page?.state });
  return [
    { kind: "page", name: "", label: "" },
    ...states.map((name): WhatChoice => ({ kind: "state", name, label: name })),
  ];
}

/** What a hand does to an element, by the event's id: a test with one of them runs in a browser. */
export const HAND_EVENTS: Readonly<Record<string, EventSpec>> = {
  click: {
    label: { en: "is pressed by hand", "zh-CN": "被手动点击" },
    payload: { control: "string" },
    description: "",
  },
  type: {
    label: { en: "is filled in by hand", "zh-CN": "被手动填写" },
    payload: { control: "string", value: "any" },
    description: "",
  },
};

/** The events an element has, by id, and what a hand can do to it. */
export function eventsOf(element: Element | undefined, manifests: Manifests): [string, EventSpec][] {
  if (!element) return [];
  const own = Object.entries(manifests.get(element.type)?.events ?? {});
  return manifests.has(element.type) ? [...own, ...Object.entries(HAND_EVENTS)] : own;
}

export const LEVELS = ["normal", "lo_lo", "lo", "hi", "hi_hi"] as const;
