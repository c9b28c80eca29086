import type { TextParams } from "@runtime/action";
import { paramValues } from "@runtime/params";
import type { LoadedApp } from "@runtime/scope";
import type { Tag } from "@sdk/api/types";
import type { Element, PageDocument } from "../../generated/documents.gen";

type Bound = NonNullable<Element["bind"]>[string];
const TAGS_MAX = 100;

/** The bindings of an element, those inside formulas too. */
function* bindingsOf(element: Element): Generator<Bound> {
  for (const bound of Object.values(element.bind ?? {})) {
    yield bound;
    if (bound.source === "expression") yield* Object.values(bound.vars ?? {});
  }
}

/** The tags a page is bound to with its present parameters, each once. */
export function tagsOfPage(loaded: LoadedApp, page: PageDocument, given: TextParams): Tag[] {
  const params = paramValues(loaded, page, given);
  const found = new Map<number, Tag>();
  for (const element of Object.values(page.elements ?? {})) {
    for (const bound of bindingsOf(element)) {
      if (bound.source !== "tag" && bound.source !== "history") continue;
      const asset = typeof bound.asset === "string" ? bound.asset : String(params[bound.asset.param] ?? "");
      for (const row of loaded.roles) {
        if (row.asset !== asset || (bound.role !== "*" && row.role !== bound.role)) continue;
        const tag = loaded.tags.get(row.tag_id);
        if (tag && found.size < TAGS_MAX) found.set(tag.id, tag);
      }
    }
  }
  return [...found.values()];
}
