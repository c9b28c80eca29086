import { Button, formatMoment, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { type Publisher, PublishersApi } from "@sdk/api/publishers";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Fingerprint } from "../packages/Fingerprint";
import shared from "../packages/packages.module.css";
import { usePackageTexts } from "../packages/texts";
import { useIsAdmin } from "../session";
import shell from "../shell.module.css";
import { AddPublisher } from "./AddPublisher";
import css from "./publishers.module.css";
import { usePublisherTexts } from "./texts";

/** Trusted publishers: their keys, and what each signed of what is installed. An administrator changes the list. */
export default function PublishersScreen() {
  const text = usePublisherTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new PublishersApi(client), [client]);
  const isAdmin = useIsAdmin();
  const [all, setAll] = useState<Publisher[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [adding, setAdding] = useState(false);
  const load = useCallback(
    () =>
      api.list().then((found) => {
        setAll(found);
        setError(null);
      }, setError),
    [api],
  );
  useEffect(() => void load(), [load]);
  return (
    <>
      <h1 className={shell.screenTitle}>{t("publishers.title")}</h1>
      <p className={shared.intro}>{text("intro")}</p>
      {error ? (
        <Notice icon="warn" title={text("failed")} hint={describeError(error, t)} tone="alarm">
          <Button onClick={() => void load()}>{text("retry")}</Button>
        </Notice>
      ) : null}
      {isAdmin ? (
        <div>
          <Button look="primary" onClick={() => setAdding(true)}>
            {text("add")}
          </Button>
        </div>
      ) : (
        <p className={shared.hint}>{text("admin_only")}</p>
      )}
      {!all && !error ? <Skeleton width="100%" height="240px" /> : null}
      {all?.length === 0 ? (
        <Notice icon="shield" title={text("none")} hint={text(isAdmin ? "none_first" : "none_hint")} />
      ) : null}
      <ul className={shared.list}>
        {all?.map((one) => (
          <li key={one.key_id}>
            <Trusted publisher={one} isAdmin={isAdmin} api={api} changed={() => void load()} />
          </li>
        ))}
      </ul>
      {adding ? (
        <AddPublisher
          api={api}
          close={() => setAdding(false)}
          done={() => {
            setAdding(false);
            void load();
          }}
        />
      ) : null}
    </>
  );
}

interface TrustedProps {
  publisher: Publisher;
  isAdmin: boolean;
  api: PublishersApi;
  changed: () => void;
}

function Trusted({ publisher, isAdmin, api, changed }: TrustedProps) {
  const text = usePublisherTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const { name, note, key_id, ts, author } = publisher;
  const time = formatMoment(ts, live.clock.now(), language);
  return (
    <article className={`${shared.item} ${css.publisher}`} aria-label={name}>
      <h2>{name}</h2>
      {note ? <p className={css.note}>{note}</p> : null}
      <Fingerprint keyId={key_id} />
      <p className={shared.hint}>{text("facts", { time, author })}</p>
      <SignedList publisher={publisher} />
      {isAdmin ? <Remove name={name} remove={() => api.distrust(key_id)} changed={changed} /> : null}
    </article>
  );
}

function SignedList({ publisher: { blocks, apps } }: { publisher: Publisher }) {
  const text = usePublisherTexts();
  if (blocks.length === 0 && apps.length === 0) return <p className={shared.hint}>{text("nothing")}</p>;
  const rows = [
    [text("blocks"), blocks.map(({ id, version }) => text("block", { id, version }))],
    [text("apps"), apps.map(({ id, version }) => text("release", { id, no: version }))],
  ] as const;
  return (
    <dl className={css.signed}>
      {rows.map(([title, names]) =>
        names.length > 0 ? (
          <div key={title} style={{ display: "contents" }}>
            <dt>{title}</dt>
            <dd>{names.join(" · ")}</dd>
          </div>
        ) : null,
      )}
    </dl>
  );
}

interface RemoveProps {
  name: string;
  remove: () => Promise<void>;
  changed: () => void;
}

/** Two presses; the way out comes first for the keyboard. */
function Remove({ name, remove, changed }: RemoveProps) {
  const text = usePublisherTexts();
  const packageText = usePackageTexts();
  const { t } = useLocale();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (!asking) {
    return (
      <div>
        <Button aria-label={text("remove", { name })} onClick={() => setAsking(true)}>
          {text("remove_short")}
        </Button>
      </div>
    );
  }
  return (
    <div className={css.sure} role="alertdialog" aria-label={text("sure", { name })}>
      <p>
        <strong>{text("sure", { name })}</strong> {text("sure_hint")}
      </p>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <div className={shared.buttons}>
        <Button autoFocus onClick={() => setAsking(false)}>
          {packageText("cancel")}
        </Button>
        <Button look="primary" onClick={() => void remove().then(changed, setError)}>
          {text("sure_yes")}
        </Button>
      </div>
    </div>
  );
}
