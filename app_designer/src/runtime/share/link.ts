import { momentText } from "../travel/context";

/** Of an address: what belongs to the screen it is open on, not to what is shown. */
const NOT_SHARED = ["kiosk", "detail"];

export interface ShareView {
  /** Address of the page as it is open. */
  href: string;
  /** Every parameter of the page with its present value, also where the address leaves it to the default. */
  params: Readonly<Record<string, string>>;
  /** µs UTC; null: the link shows what is current when it is opened. */
  at: number | null;
}

/** The link to a view: it opens the same page with the same parameters, range and moment. */
export function linkTo({ href, params, at }: ShareView): string {
  const url = new URL(href);
  for (const name of NOT_SHARED) url.searchParams.delete(name);
  for (const [name, value] of Object.entries(params)) if (value !== "") url.searchParams.set(name, value);
  if (at === null) url.searchParams.delete("at");
  else url.searchParams.set("at", momentText(at));
  url.hash = "";
  return url.href;
}

/** Whether another device cannot open the address. */
export const isLocal = (link: string): boolean =>
  ["localhost", "127.0.0.1", "[::1]"].includes(new URL(link).hostname);
