import { loadManifests, onInstalled, shownInstalled } from "@runtime/registry";
import { type Language, localText } from "@sdk/i18n/catalogue";
import { useEffect, useState, useSyncExternalStore } from "react";
import type { ComponentManifest, Element } from "../../generated/documents.gen";
import type { Draft } from "../model/contract";

export type Manifests = ReadonlyMap<string, ComponentManifest>;
const NONE: Manifests = new Map();
let loaded: Manifests | null = null;
let loading: Promise<Manifests> | null = null;

// Other versions of blocks of other makers are shown: what was read is no longer all.
onInstalled(() => {
  loading = null;
});

/** Every whole manifest, read once. */
export function allManifests(): Promise<Manifests> {
  loading ??= loadManifests().then((list) => {
    loaded = new Map(list.map((manifest) => [manifest.id, manifest]));
    return loaded;
  });
  return loading;
}

/** Every whole manifest; empty until they are there. */
export function useManifests(): Manifests {
  const [found, setFound] = useState(loaded ?? NONE);
  const installed = useSyncExternalStore(onInstalled, shownInstalled);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other blocks of other makers are other manifests.
  useEffect(() => {
    let gone = false;
    void allManifests().then((list) => !gone && setFound(list));
    return () => {
      gone = true;
    };
  }, [installed]);
  return found;
}

const COMPOSITE = "composite.";

/** The block of the app an element shows; null for a built-in component. */
export function compositeOf(draft: Draft, element: Pick<Element, "type" | "props_version">) {
  if (!element.type.startsWith(COMPOSITE)) return null;
  return draft.blocks[`${element.type.slice(COMPOSITE.length)}.${element.props_version}`] ?? null;
}

/** What an element is called: its own name, else that of its block. */
export function elementName(
  element: Element,
  draft: Draft,
  manifests: Manifests,
  language: Language,
): string {
  if (element.name) return element.name;
  const title = element.props?.title;
  const titled = title ? localText(title as string | Record<string, string>, language) : "";
  const block = compositeOf(draft, element)?.name ?? manifests.get(element.type)?.meta.name;
  return titled || localText(block, language) || element.type;
}
