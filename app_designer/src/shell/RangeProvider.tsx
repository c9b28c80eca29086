import { RangeContext } from "@sdk/context";
import { type RangeChoice, rangeFromParams, rangeToParams, type Span } from "@sdk/range";
import { type ReactNode, useMemo } from "react";
import { setQuery, useQuery } from "./router";

const setChoice = (choice: RangeChoice) => setQuery((params) => rangeToParams(choice, params));

/** The time range of the page, read from and written to its address. */
export function RangeProvider({ fallback, children }: { fallback: Span; children: ReactNode }) {
  const query = useQuery();
  const key = `${query.get("range")}|${query.get("from")}|${query.get("to")}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` is what of the address matters.
  const control = useMemo(() => ({ choice: rangeFromParams(query, fallback), setChoice }), [key, fallback]);
  return <RangeContext.Provider value={control}>{children}</RangeContext.Provider>;
}
