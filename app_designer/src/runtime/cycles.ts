import type { Element } from "../generated/documents.gen";

type Elements = Readonly<Record<string, Element>>;
type Bound = NonNullable<Element["bind"]>[string];

const known = new WeakMap<Elements, ReadonlyMap<string, ReadonlySet<string>>>();

function outputsIn(bound: Bound): string[] {
  if (bound.source === "output") return [bound.element];
  if (bound.source !== "expression") return [];
  return Object.values(bound.vars ?? {}).flatMap((inner) =>
    inner.source === "output" ? [inner.element] : [],
  );
}

/** Whose outputs an element's inputs and properties take. Visibility and tone change no output, so they do not count. */
function sourcesOf(element: Element): Set<string> {
  const bound = Object.entries(element.bind ?? {}).filter(([pointer]) => !pointer.startsWith("/@"));
  return new Set(bound.flatMap(([, binding]) => outputsIn(binding)));
}

function reachable(graph: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const next of graph.get(id) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return seen;
}

function reachesOf(elements: Elements): ReadonlyMap<string, ReadonlySet<string>> {
  let found = known.get(elements);
  if (!found) {
    const graph = new Map(Object.entries(elements).map(([id, element]) => [id, sourcesOf(element)]));
    const takers = [...graph].filter(([, sources]) => sources.size > 0);
    found = new Map(takers.map(([id]) => [id, reachable(graph, id)]));
    known.set(elements, found);
  }
  return found;
}

/** Whether what `element` takes from `source` depends on `element` itself: such a loop would never come to rest. */
export function goesRound(elements: Elements, element: string, source: string): boolean {
  if (source === element) return true;
  return reachesOf(elements).get(source)?.has(element) ?? false;
}
