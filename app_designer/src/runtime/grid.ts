import type { GridItem, PageDocument } from "../generated/documents.gen";
import { blocks } from "./registry";

export interface Placed {
  id: string;
  /** Place on the 12 columns of a PC. */
  item: GridItem;
  /** Place on the 2 columns of a phone: the order is that of the PC, top to bottom, then left to right. */
  compact: { span: 1 | 2; h: number };
}

/** The elements of a page in reading order, with their places on a PC and on a phone. */
export function placedElements(page: PageDocument): Placed[] {
  const items = page.layout.lg.items ?? {};
  const small = page.layout.sm?.items;
  const list = Object.entries(items).flatMap(([id, item]): Placed[] => {
    const element = page.elements?.[id];
    if (!element || element.parent) return [];
    const compact = blocks.get(element.type)?.manifest.layout.compact;
    return [{ id, item, compact: { span: compact?.span ?? 2, h: compact?.h ?? Math.max(3, item.h) } }];
  });
  const order = (id: string, item: GridItem) => small?.[id] ?? item;
  list.sort(
    (a, b) => order(a.id, a.item).y - order(b.id, b.item).y || order(a.id, a.item).x - order(b.id, b.item).x,
  );
  return closeGaps(list);
}

/** A lone half-width tile on a phone would leave a hole beside it: it takes the full width instead. */
function closeGaps(list: Placed[]): Placed[] {
  let open: Placed | null = null;
  for (const placed of list) {
    if (placed.compact.span === 1) {
      open = open ? null : placed;
      continue;
    }
    if (open) open.compact = { ...open.compact, span: 2 };
    open = null;
  }
  if (open) open.compact = { ...open.compact, span: 2 };
  return list;
}
