import type { AnchorChoice } from "@forms/choices";
import { blocks } from "@runtime/registry";
import { localText, useLocale } from "@sdk";
import type { Language } from "@sdk/i18n/catalogue";
import { anchorsOf } from "@sdk/symbols";
import { useMemo } from "react";
import { nameOf } from "../canvas/ElementBox";
import { areaOf, areaOfElement } from "../model/areas";
import { elementsOf } from "../model/canvas_key";
import type { CanvasKey, Draft } from "../model/contract";
import { useDesigner } from "../model/hooks";

/** What an element of a free canvas can be joined to: the others there, but no pipes. Those of one name are numbered. */
export function anchorChoices(
  draft: Draft,
  canvas: CanvasKey,
  id: string | undefined,
  language: Language,
): AnchorChoice[] {
  const elements = elementsOf(draft, canvas);
  const own = id ? elements[id] : undefined;
  if (!own) return [];
  const area = areaOf(draft, canvas, areaOfElement(own));
  if (area.kind !== "free") return [];
  const seen = new Map<string, number>();
  return Object.keys(area.items)
    .filter((other) => other !== id && elements[other] && elements[other].type !== "pipe")
    .map((other) => {
      const element = elements[other] as (typeof elements)[string];
      const name = nameOf(element, language, localText(blocks.get(element.type)?.manifest.name, language));
      const count = (seen.get(name) ?? 0) + 1;
      seen.set(name, count);
      const label = count > 1 ? `${name} (${count})` : name;
      return { value: other, label, hint: other, anchors: Object.keys(anchorsOf(element.type)) };
    });
}

/** The same for the one element that is selected. */
export function useAnchorChoices(): AnchorChoice[] {
  const { language } = useLocale();
  const id = useDesigner((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
  const draft = useDesigner((state) => state.draft);
  const canvas = useDesigner((state) => state.canvas);
  return useMemo(() => anchorChoices(draft, canvas, id, language), [draft, canvas, id, language]);
}
