import { Button, Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { ApiError } from "@sdk/api/problem";
import { type Publisher, PublishersApi } from "@sdk/api/publishers";
import { useCallback, useMemo, useRef, useState } from "react";
import { FailedList, NotYours } from "../packages/ListStates";
import shared from "../packages/packages.module.css";
import { useList } from "../packages/use_list";
import { useIsAdmin } from "../session";
import shell from "../shell.module.css";
import { AddPublisher } from "./AddPublisher";
import css from "./publishers.module.css";
import { Trusted } from "./Trusted";
import { usePublisherTexts } from "./texts";

/** Trusted publishers: their keys, and what each signed of what is here. An administrator changes the list. */
export default function PublishersScreen() {
  const text = usePublisherTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new PublishersApi(client), [client]);
  const list = useList(useCallback(() => api.list(), [api]));
  const forbidden = list.error instanceof ApiError && list.error.status === 403;
  return (
    <>
      <h1 className={shell.screenTitle}>{t("publishers.title")}</h1>
      <p className={shared.intro}>{text("intro")}</p>
      {forbidden ? <NotYours /> : <List api={api} {...list} />}
    </>
  );
}

type ListProps = ReturnType<typeof useList<Publisher>> & { api: PublishersApi };

function List({ api, all, setAll, error, busy, load }: ListProps) {
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
                setAll((before) => before?.filter((other) => other !== one) ?? null); // also where the list cannot be read just now
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
