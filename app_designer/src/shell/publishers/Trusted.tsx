import { Button, formatMoment, Notice, useLocale, useServices } from "@sdk";
import { ApiError, describeError } from "@sdk/api/problem";
import type { Publisher, PublishersApi } from "@sdk/api/publishers";
import { useRef, useState } from "react";
import { Fingerprint } from "../packages/Fingerprint";
import shared from "../packages/packages.module.css";
import { usePackageTexts } from "../packages/texts";
import css from "./publishers.module.css";
import { usePublisherTexts } from "./texts";

interface TrustedProps {
  publisher: Publisher;
  isAdmin: boolean;
  api: PublishersApi;
  removed: () => void;
}

/** One publisher: name, note, fingerprint, and what is here of what it signed. */
export function Trusted({ publisher, isAdmin, api, removed }: TrustedProps) {
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
      {isAdmin ? <Remove name={name} remove={() => api.distrust(key_id)} removed={removed} /> : null}
    </article>
  );
}

function SignedList({ publisher: { blocks, apps, drafts } }: { publisher: Publisher }) {
  const text = usePublisherTexts();
  if (blocks.length + apps.length + drafts.length === 0)
    return <p className={shared.hint}>{text("nothing")}</p>;
  const rows = [
    [text("blocks"), blocks.map(({ id, version }) => text("block", { id, version }))],
    [text("apps"), apps.map(({ id, version }) => text("release", { id, no: version }))],
    [text("drafts"), drafts],
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
  removed: () => void;
}

/** Two presses; the way out comes first for the keyboard. */
function Remove({ name, remove, removed }: RemoveProps) {
  const text = usePublisherTexts();
  const [asking, setAsking] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  return (
    <div ref={place}>
      {asking ? (
        <Sure
          name={name}
          remove={remove}
          removed={removed}
          cancel={() => {
            setAsking(false);
            requestAnimationFrame(() => place.current?.querySelector("button")?.focus());
          }}
        />
      ) : (
        <Button aria-label={text("remove", { name })} onClick={() => setAsking(true)}>
          {text("remove_short")}
        </Button>
      )}
    </div>
  );
}

function Sure({ name, remove, removed, cancel }: RemoveProps & { cancel: () => void }) {
  const text = usePublisherTexts();
  const packageText = usePackageTexts();
  const { t } = useLocale();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const yes = () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    remove().then(removed, (problem) => {
      // Somebody else was faster: what was asked for is so.
      if (problem instanceof ApiError && problem.status === 404) return removed();
      setBusy(false);
      setError(problem);
    });
  };
  return (
    <div
      className={css.sure}
      role="alertdialog"
      aria-label={text("sure", { name })}
      onKeyDown={(event) => event.key === "Escape" && cancel()}
    >
      <p>
        <strong>{text("sure", { name })}</strong> {text("sure_hint")}
      </p>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <div className={shared.buttons}>
        <Button autoFocus onClick={cancel}>
          {packageText("cancel")}
        </Button>
        <Button look="primary" aria-disabled={busy} aria-busy={busy} onClick={yes}>
          {text(busy ? "removing" : "sure_yes")}
        </Button>
      </div>
    </div>
  );
}
