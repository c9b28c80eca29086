import { Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { type ConfigVersion, EdgeConfigsApi } from "@sdk/api/edge_configs";
import { ApiError, describeError } from "@sdk/api/problem";
import { LinkButton } from "@sdk/ui/primitives";
import { useMemo, useState } from "react";
import { NotYours } from "../packages/ListStates";
import shared from "../packages/packages.module.css";
import { followLink } from "../router";
import shell from "../shell.module.css";
import { Change, type Draft } from "./Change";
import { Drift } from "./Drift";
import css from "./edge_config.module.css";
import { Standing } from "./Standing";
import { useConfigTexts } from "./texts";
import { useConfigs } from "./use_configs";
import { Versions } from "./Versions";

const WATCH_S = 60;

/** An agent's configuration from afar: what it runs, the next version, those there were. */
export default function EdgeConfigScreen({ edge }: { edge: string }) {
  const text = useConfigTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new EdgeConfigsApi(client, edge), [client, edge]);
  const { all, online, error, load } = useConfigs(api, edge);
  const [draft, setDraft] = useState<Draft>({ text: "", note: "", watchS: WATCH_S });
  const [pushing, setPushing] = useState(false);
  const [unread, setUnread] = useState<unknown>(null);
  const use = (version: ConfigVersion) => {
    api.text(version.no).then((found) => {
      setUnread(null);
      setDraft({ ...draft, text: found, note: text("as", { no: String(version.no) }) });
      document.querySelector("textarea")?.focus();
    }, setUnread);
  };
  const forbidden = error instanceof ApiError && error.status === 403;
  const failed = error ?? unread;
  return (
    <>
      <h1 className={shell.screenTitle}>{text("title", { edge })}</h1>
      <p className={shared.intro}>{text("intro")}</p>
      <div className={css.back}>
        <LinkButton href="/health" onClick={followLink}>
          <Icon name="back" size={18} />
          {text("back")}
        </LinkButton>
      </div>
      {forbidden ? <NotYours /> : null}
      {failed && !forbidden ? (
        <Notice icon="warn" title={describeError(failed, t)} hint={all ? text("stale") : ""} tone="alarm" />
      ) : null}
      {!all && !error ? <Skeleton width="100%" height="320px" /> : null}
      {all && !forbidden ? (
        <div className={shared.steps}>
          {online === false ? (
            <Notice icon="offline" title={text("offline", { edge })} hint={text("offline_hint")} />
          ) : null}
          <Standing all={all} pushing={pushing} />
          {all.state?.drift && !pushing ? (
            <Drift key={all.state.drift.running} api={api} edge={edge} drift={all.state.drift} load={load} />
          ) : null}
          <Change
            api={api}
            edge={edge}
            draft={draft}
            set={setDraft}
            pushing={(on) => {
              setPushing(on);
              if (!on) void load();
            }}
          />
          <Versions all={all} api={api} use={use} />
        </div>
      ) : null}
    </>
  );
}
