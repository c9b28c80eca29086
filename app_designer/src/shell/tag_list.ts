import { type Tag, useServices } from "@sdk";
import { useCallback, useEffect, useRef, useState } from "react";

const PAGE = 200;
const WAIT_MS = 180;

interface ListState {
  tags: Tag[];
  next: string | number | null;
  complete: boolean;
  error: unknown;
}

const NOTHING: ListState = { tags: [], next: null, complete: false, error: null };

/** The tags that match a search, page by page; the server searches, so the plant may be large. */
export function useTagList(search: string): ListState & { more: () => void } {
  const { api } = useServices();
  const [state, setState] = useState<ListState>(NOTHING);
  const busy = useRef(false);
  const latest = useRef(state);
  latest.current = state;
  useEffect(() => {
    const abort = new AbortController();
    busy.current = true;
    const timer = setTimeout(async () => {
      try {
        const page = await api.tags({ search, limit: PAGE }, abort.signal);
        setState({ tags: page.tags, next: page.next, complete: page.next === null, error: null });
      } catch (error) {
        if (!abort.signal.aborted) setState({ ...NOTHING, complete: true, error });
      }
      busy.current = false;
    }, WAIT_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [api, search]);
  const more = useCallback(async () => {
    const { next, complete } = latest.current;
    if (busy.current || complete || next === null) return;
    busy.current = true;
    try {
      const page = await api.tags({ search, limit: PAGE, after: next });
      setState((known) =>
        known.next === next
          ? {
              tags: [...known.tags, ...page.tags],
              next: page.next,
              complete: page.next === null,
              error: null,
            }
          : known,
      );
    } catch (error) {
      setState((known) => ({ ...known, error }));
    }
    busy.current = false;
  }, [api, search]);
  return { ...state, more: () => void more() };
}
