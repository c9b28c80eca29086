import { Button, Icon, Notice, Skeleton, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { LinkButton } from "@sdk/ui/primitives";
import { useCallback, useState } from "react";
import { useWorkbench } from "../frame/workbench";
import { useDesigner } from "../model/hooks";
import { liveOf, useApps, useAsked, type Versions } from "./ask";
import { Compare } from "./Compare";
import { Publish } from "./Publish";
import { ReleaseList } from "./ReleaseList";
import { SnapshotList } from "./SnapshotList";
import { useTexts } from "./texts";
import css from "./versions.module.css";

function useVersions() {
  const apps = useApps();
  const appId = useDesigner((state) => state.appId);
  const ask = useCallback(async (): Promise<Versions> => {
    const [releases, snapshots, list] = await Promise.all([
      apps.releases(appId),
      apps.snapshots(appId),
      apps.list(),
    ]);
    return { releases, snapshots, live: liveOf(list, appId) };
  }, [apps, appId]);
  return useAsked(ask);
}

/** Publishing, and everything that was published: compare, go back, take into the draft. */
export default function VersionsPanel() {
  const text = useTexts();
  const { t } = useLocale();
  const appId = useDesigner((state) => state.appId);
  const { intent, announce } = useWorkbench();
  const { asked, again } = useVersions();
  const [said, setSaid] = useState<string | null>(null);
  const [compared, setCompared] = useState<number | null>(null);
  const done = (words: string) => {
    setSaid(words);
    announce(words);
    again();
  };
  if (asked.kind === "loading") return <Skeleton width="100%" height="240px" />;
  if (asked.kind === "failed") {
    return (
      <Notice icon="warn" title={text("failed")} hint={describeError(asked.error, t)} tone="alarm">
        <Button onClick={again}>{text("retry")}</Button>
      </Notice>
    );
  }
  const versions = asked.value;
  if (compared !== null) return <Compare from={compared} back={() => setCompared(null)} />;
  return (
    <div className={css.panel}>
      {said ? (
        <div className={css.said} role="status">
          <Icon name="check" size={18} />
          <span>{said}</span>
          <LinkButton href={`/app/${appId}`} look="quiet">
            {text("open_app")}
          </LinkButton>
        </div>
      ) : null}
      {intent === "publish" || versions.releases.length === 0 ? (
        <Publish live={versions.live} published={(no) => done(text("published", { no: String(no) }))} />
      ) : (
        <PublishButton />
      )}
      <ReleaseList
        versions={versions}
        compare={setCompared}
        rolled={(no) => done(text("rolled", { no: String(no) }))}
        restored={(no) => done(text("restored", { no: String(no) }))}
      />
      <SnapshotList snapshots={versions.snapshots} done={again} />
    </div>
  );
}

function PublishButton() {
  const text = useTexts();
  const { openPanel } = useWorkbench();
  return (
    <Button look="primary" onClick={() => openPanel("versions", "publish")}>
      {text("publish")}
    </Button>
  );
}
