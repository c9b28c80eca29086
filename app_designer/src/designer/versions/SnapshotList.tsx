import { Button, Notice, useLocale, useServices } from "@sdk";
import type { Snapshot } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import { formatMoment } from "@sdk/format/time";
import { useState } from "react";
import { useRestore } from "./restore";
import { Sure } from "./Sure";
import { useTexts } from "./texts";
import css from "./versions.module.css";

/** Drafts that were kept before something replaced them. */
export function SnapshotList({ snapshots, done }: { snapshots: readonly Snapshot[]; done: () => void }) {
  const text = useTexts();
  if (snapshots.length === 0) return null;
  return (
    <section>
      <h3>{text("snapshots")}</h3>
      <ul className={css.releases}>
        {snapshots.map((snapshot) => (
          <li key={snapshot.no}>
            <Entry snapshot={snapshot} done={done} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Entry({ snapshot, done }: { snapshot: Snapshot; done: () => void }) {
  const text = useTexts();
  const { language, t } = useLocale();
  const { live } = useServices();
  const restore = useRestore();
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const time = formatMoment(snapshot.ts, live.clock.now(), language);
  const take = () => {
    setAsking(false);
    void restore({ snapshot: snapshot.no }).then(done, setError);
  };
  return (
    <article className={css.release}>
      <p>{text("by", { author: snapshot.author, time })}</p>
      <p className={css.hint}>{text(`snapshot_${snapshot.reason}`, { no: "" }).trim()}</p>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      {asking ? (
        <Sure
          question={text("snapshot_sure")}
          hint={text("restore_hint")}
          yes={text("snapshot_take")}
          onYes={take}
          onNo={() => setAsking(false)}
        />
      ) : (
        <div className={css.ways}>
          <Button look="quiet" onClick={() => setAsking(true)}>
            {text("snapshot_take")}
          </Button>
        </div>
      )}
    </article>
  );
}
