import { Button, Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { ApiError } from "@sdk/api/problem";
import { type Publisher, PublishersApi } from "@sdk/api/publishers";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { FailedList, NotYours } from "../packages/ListStates";
import shared from "../packages/packages.module.css";
import { useIsAdmin } from "../session";
import shell from "../shell.module.css";
import { AddPublisher } from "./AddPublisher";
import css from "./publishers.module.css";
import { Trusted } from "./Trusted";
import { usePublisherTexts } from "./texts";

/** The list as it was last read, and how the reading goes. What was read stays while it is read again. */
function useList(api: PublishersApi) {
  const [all, setAll] = useState<Publisher[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(true);
  const load = useCallback(async () => {
    setBusy(true);
    try {
      setAll(await api.list());
      setError(null);
    } catch (problem) {
      setError(problem);
    }
    setBusy(false);
  }, [api]);
  useEffect(() => void load(), [load]);
  const drop = (gone: Publisher) => setAll((before) => before?.filter((one) => one !== gone) ?? null);
  return { all, error, busy, load, drop };
}

/** Trusted publishers: their keys, and what each signed of what is here. An administrator changes the list. */
export default function PublishersScreen() {
  const text = usePublisherTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new PublishersApi(client), [client]);
  const list = useList(api);
  const forbidden = list.error instanceof ApiError && list.error.status === 403;
  return (
    <>
      <h1 className={shell.screenTitle}>{t("publishers.title")}</h1>
      <p className={shared.intro}>{text("intro")}</p>
      {forbidden ? <NotYours /> : <List api={api} {...list} />}
    </>
  );
}

function List({ api, all, error, busy, load, drop }: ReturnType<typeof useList> & { api: PublishersApi }) {
  const text = usePublisherTexts();
  const isAdmin = useIsAdmin();
  const [adding, setAdding] = useState(false);
  const [told, setTold] = useState("");
  const place = useRef<HTMLDivElement>(null);
  const changed = (what: string) => {
    setTold(what);
    void load();
  };
  return (
    <>
      <div className={css.ways} ref={place} tabIndex={-1}>
        {isAdmin ? (
          <Button look="primary" onClick={() => setAdding(true)}>
            <Icon name="plus" size={18} />
            {text("add")}
          </Button>
        ) : (
          <p className={shared.hint}>{all ? text("admin_only") : "\u00a0"}</p>
        )}
        <p className={css.told} role="status">
          {told}
        </p>
      </div>
      {error ? <FailedList error={error} old={all !== null} busy={busy} retry={() => void load()} /> : null}
      {!all && !error ? <Loading /> : null}
      {all?.length === 0 && !error ? (
        <div className={`${shell.emptyBox} ${css.state}`}>
          <Notice icon="shield" title={text("none")} hint={text(isAdmin ? "none_first" : "none_hint")} />
        </div>
      ) : null}
      <ul className={shared.list}>
        {all?.map((one) => (
          <li key={one.key_id}>
            <Trusted
              publisher={one}
              isAdmin={isAdmin}
              api={api}
              removed={() => {
                place.current?.focus(); // what had the focus goes with its key
                drop(one); // also where the list cannot be read just now
                changed(text("removed", { name: one.name }));
              }}
            />
          </li>
        ))}
      </ul>
      {adding ? (
        <AddPublisher
          api={api}
          all={all ?? []}
          close={() => setAdding(false)}
          done={(name) => {
            setAdding(false);
            changed(text("added", { name }));
          }}
        />
      ) : null}
    </>
  );
}

/** Of the size of a publisher. */
function Loading() {
  const text = usePublisherTexts();
  return (
    <div className={shared.list} role="status">
      <span className="visually-hidden">{text("loading")}</span>
      <Skeleton width="100%" height="216px" />
      <Skeleton width="100%" height="216px" />
    </div>
  );
}
