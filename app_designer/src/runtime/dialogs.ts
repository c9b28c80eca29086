import { useCallback, useMemo, useRef, useState } from "react";
import type { TextParams } from "./action";

/** A page of the app that is open over the present one. */
export interface DialogPage {
  page: string;
  params: TextParams;
}

export interface OpenDialog extends DialogPage {
  id: number;
}

/** Where open dialogs are kept: in the address of a page that has one, so that a reload and a link show them. */
export interface DialogAddress {
  readonly list: readonly DialogPage[];
  /** `replace` leaves no step for the back button. */
  set: (list: readonly DialogPage[], replace: boolean) => void;
}

export const DIALOGS_MAX = 5;
const PAGE_ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** A dialog as an address holds it: `<page>?<parameters>`. */
export function dialogText({ page, params }: DialogPage): string {
  const query = new URLSearchParams(Object.entries(params)).toString();
  return query ? `${page}?${query}` : page;
}

/** The dialogs an address names; what is none, or one too many, is left out. */
export function dialogsFrom(texts: readonly string[]): DialogPage[] {
  const found = texts.map((text) => {
    const [page = "", ...rest] = text.split("?");
    return { page, params: Object.fromEntries(new URLSearchParams(rest.join("?"))) };
  });
  return found.filter(({ page }) => PAGE_ID.test(page)).slice(0, DIALOGS_MAX);
}

/** The dialogs over a page, the last one on top. */
export function useDialogs(address?: DialogAddress) {
  const [own, setOwn] = useState<readonly DialogPage[]>([]);
  const list = address?.list ?? own;
  const latest = useRef({ list, set: address?.set ?? ((next: readonly DialogPage[]) => setOwn(next)) });
  latest.current = { list, set: address?.set ?? setOwn };
  const put = useCallback((next: readonly DialogPage[], replace: boolean) => {
    // Several steps of one event see what the one before did.
    latest.current.list = next;
    latest.current.set(next, replace);
  }, []);
  const open = useCallback(
    (page: string, params: TextParams) => {
      const now = latest.current.list;
      if (now.length < DIALOGS_MAX) put([...now, { page, params }], false);
    },
    [put],
  );
  const close = useCallback(
    (id: number) =>
      put(
        latest.current.list.filter((_, index) => index !== id),
        true,
      ),
    [put],
  );
  const setParam = useCallback(
    (id: number, name: string, value: string) => {
      const change = (dialog: DialogPage, index: number) =>
        index === id ? { ...dialog, params: { ...dialog.params, [name]: value } } : dialog;
      put(latest.current.list.map(change), true);
    },
    [put],
  );
  // Another address has none of the old one's dialogs: there is nothing to take away.
  const clear = useCallback(() => setOwn([]), []);
  const dialogs = useMemo(() => list.map((dialog, id): OpenDialog => ({ ...dialog, id })), [list]);
  return { dialogs, open, close, setParam, clear };
}
