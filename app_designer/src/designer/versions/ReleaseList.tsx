import { Button, Icon, Notice, useLocale, useServices } from "@sdk";
import type { Release } from "@sdk/api/apps";
import { describeError } from "@sdk/api/problem";
import { formatMoment } from "@sdk/format/time";
import { useState } from "react";
import { useDesigner } from "../model/hooks";
import { useApps, type Versions } from "./ask";
import { useRestore } from "./restore";
import { Sure } from "./Sure";
import { useTexts } from "./texts";
import css from "./versions.module.css";

interface ListProps {
  versions: Versions;
  compare: (no: number) => void;
  rolled: (no: number) => void;
  restored: (no: number) => void;
}

/** What was published, newest first; which is live. */
export function ReleaseList({ versions, ...rest }: ListProps) {
  const text = useTexts();
  if (versions.releases.length === 0) return <Notice icon="clock" title={text("none")} />;
  return (
    <section>
      <h3>{text("versions")}</h3>
      <ul className={css.releases}>
        {versions.releases.map((release) => (
          <li key={release.no} data-live={release.no === versions.live}>
            <Entry release={release} live={release.no === versions.live} {...rest} />
          </li>
        ))}
      </ul>
    </section>
  );
}

type EntryProps = Omit<ListProps, "versions"> & { release: Release; live: boolean };

function Entry({ release, live, compare, rolled, restored }: EntryProps) {
  const text = useTexts();
  const { language } = useLocale();
  const services = useServices();
  const time = formatMoment(release.ts, services.live.clock.now(), language);
  const signed = release.signer ? ` · ${text("signed", { name: release.signer })}` : "";
  return (
    <article className={css.release} aria-label={`${release.no} ${release.note}`}>
      <header>
        <strong className={css.no}>{release.no}</strong>
        <span className={`${css.note} truncate`} title={release.note}>
          {release.note || text("no_note")}
        </span>
        {live ? (
          <span className={css.live}>
            <Icon name="check" size={14} />
            {text("live")}
          </span>
        ) : null}
      </header>
      <p className={css.hint} title={release.hash}>
        {text("by", { author: release.author, time })}
        {signed}
      </p>
      <Ways release={release} live={live} compare={compare} rolled={rolled} restored={restored} />
    </article>
  );
}

function Ways({ release, live, compare, rolled, restored }: EntryProps) {
  const text = useTexts();
  const { t } = useLocale();
  const apps = useApps();
  const appId = useDesigner((state) => state.appId);
  const restore = useRestore();
  const [asking, setAsking] = useState<"roll_back" | "restore" | null>(null);
  const [error, setError] = useState<unknown>(null);
  const { no } = release;
  const values = { no: String(no) };
  const save = async () => {
    const url = URL.createObjectURL(await apps.exportPackage(appId, no));
    const link = document.createElement("a");
    link.href = url;
    link.download = `${appId}-${no}.lego.zip`;
    link.click();
    URL.revokeObjectURL(url);
  };
  const act = async (work: () => Promise<unknown>, then: (no: number) => void) => {
    setError(null);
    setAsking(null);
    await work().then(() => then(no), setError);
  };
  if (asking) {
    const roll = () => act(() => apps.choose(appId, no), rolled);
    const take = () => act(() => restore({ no }), restored);
    return (
      <Sure
        question={text(`${asking}_sure`, values)}
        hint={text(`${asking}_hint`)}
        yes={text(asking)}
        onYes={() => void (asking === "roll_back" ? roll() : take())}
        onNo={() => setAsking(null)}
      />
    );
  }
  return (
    <>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <div className={css.ways}>
        {live ? null : (
          <Button look="quiet" onClick={() => setAsking("roll_back")}>
            {text("roll_back")}
          </Button>
        )}
        <Button look="quiet" onClick={() => compare(no)}>
          {text("compare")}
        </Button>
        <Button look="quiet" onClick={() => setAsking("restore")}>
          {text("restore")}
        </Button>
        <Button look="quiet" onClick={() => void save().catch(setError)}>
          {text("export")}
        </Button>
      </div>
    </>
  );
}
