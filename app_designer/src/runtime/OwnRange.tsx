import { RangeContext, useRange } from "@sdk/context";
import type { LiveSpan, RangeChoice } from "@sdk/range";
import { type ReactNode, useMemo, useState } from "react";
import type { Element } from "../generated/documents.gen";

/** The time range that the courses of an element ask for; null where they follow the page. One block has one axis. */
export function ownSpan(element: Element): LiveSpan | null {
  for (const binding of Object.values(element.bind ?? {})) {
    if (binding.source === "history" && !binding.fn && binding.range) return binding.range;
  }
  return null;
}

/** A time range of its own around one block. What is zoomed in it stays in it: the page does not move along. */
export function OwnRange({ span, children }: { span: LiveSpan; children: ReactNode }) {
  const page = useRange();
  const [chosen, setChosen] = useState<RangeChoice | null>(null);
  // Whoever looks at a fixed window of the past looks at it with every block.
  const control = useMemo(
    () =>
      page.choice.kind === "fixed"
        ? page
        : { choice: chosen ?? ({ kind: "live", span } as const), setChoice: setChosen },
    [page, chosen, span],
  );
  return <RangeContext.Provider value={control}>{children}</RangeContext.Provider>;
}
