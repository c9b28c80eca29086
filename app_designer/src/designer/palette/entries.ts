import { type Language, localText } from "@sdk/i18n/catalogue";
import { useMemo } from "react";
import type { ComponentManifest, CompositeDocument } from "../../generated/documents.gen";
import { useManifests as useAllManifests } from "../pickers/manifests";

/** Order of the categories in the palette. */
export const CATEGORIES = [
  "display/value",
  "display/trend",
  "display/state",
  "display/chart",
  "data",
  "input",
  "container",
  "content",
  "navigation",
  "mimic",
  "logic",
] as const;

export type Category = (typeof CATEGORIES)[number];

export interface Entry {
  readonly type: string;
  readonly name: string;
  readonly summary: string;
  readonly icon: string;
  readonly category: Category | "mine";
  readonly stage: string;
  /** Everything it is found by, in both languages, in lower case. */
  readonly words: string;
  readonly composite: { id: string; version: number } | null;
}

/** Whole manifests of all blocks; null while they load. */
export function useManifests(): readonly ComponentManifest[] | null {
  const found = useAllManifests();
  return useMemo(() => (found.size > 0 ? [...found.values()] : null), [found]);
}

export function componentEntry(manifest: ComponentManifest, language: Language): Entry {
  const { meta, id, status } = manifest;
  const words = [id, ...Object.values(meta.name), ...Object.values(meta.summary), ...(meta.tags ?? [])];
  return {
    type: id,
    name: localText(meta.name, language) || id,
    summary: localText(meta.summary, language),
    icon: meta.icon ?? "",
    category: meta.category,
    stage: status.stage,
    words: words.join("\n").toLowerCase(),
    composite: null,
  };
}

/** The newest version of each block of the app. */
export function compositeEntries(
  blocks: Readonly<Record<string, CompositeDocument>>,
  language: Language,
): Entry[] {
  const newest = new Map<string, CompositeDocument>();
  for (const block of Object.values(blocks)) {
    const found = newest.get(block.id);
    if (!found || block.version > found.version) newest.set(block.id, block);
  }
  return [...newest.values()].map((block) => ({
    type: `composite.${block.id}`,
    name: localText(block.name, language) || block.id,
    summary: block.note ?? "",
    icon: "",
    category: "mine",
    stage: "stable",
    words: [block.id, ...Object.values(block.name)].join("\n").toLowerCase(),
    composite: { id: block.id, version: block.version },
  }));
}

/** How well an entry fits a search: 0 not at all; its name counts more than its tags. */
export function scoreOf(entry: Entry, query: string): number {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return 1;
  const parts = wanted.split(/\s+/);
  if (!parts.every((part) => entry.words.includes(part))) return 0;
  const name = entry.name.toLowerCase();
  if (name === wanted || entry.type === wanted) return 5;
  if (name.startsWith(wanted)) return 4;
  if (name.includes(wanted)) return 3;
  return entry.words.split("\n").some((line) => line.startsWith(wanted)) ? 2 : 1;
}

export function search(entries: readonly Entry[], query: string): Entry[] {
  return entries
    .map((entry) => ({ entry, score: scoreOf(entry, query) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry);
}
