import { useSyncExternalStore } from "react";

const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};
addEventListener("popstate", tell);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Goes to an address of the product; `replace` leaves no step behind for the back button. */
export function navigate(to: string, options: { replace?: boolean } = {}): void {
  if (to === location.pathname + location.search) return;
  if (options.replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  tell();
  const path = to.split("?")[0];
  if (!options.replace && path !== before) scrollTo(0, 0);
  before = path;
}
let before: string | undefined = location.pathname;

export function usePath(): string {
  return useSyncExternalStore(subscribe, () => location.pathname);
}

export function useQuery(): URLSearchParams {
  const search = useSyncExternalStore(subscribe, () => location.search);
  return new URLSearchParams(search);
}

/** Changes parameters of the present address. */
export function setQuery(
  change: (params: URLSearchParams) => void,
  options: { replace?: boolean } = {},
): void {
  const params = new URLSearchParams(location.search);
  change(params);
  const text = params.toString();
  navigate(location.pathname + (text ? `?${text}` : ""), options);
}

/** For links: an ordinary click stays inside the product, every other goes its ordinary way. */
export function followLink(event: React.MouseEvent<HTMLAnchorElement>): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
    return;
  const { href, target } = event.currentTarget;
  const url = new URL(href);
  if (target || url.origin !== location.origin) return;
  event.preventDefault();
  navigate(url.pathname + url.search);
}
