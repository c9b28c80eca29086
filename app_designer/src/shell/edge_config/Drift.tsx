import { Button, formatMoment, Icon, Notice, useLocale, useServices } from "@sdk";
import type { ConfigDifference, ConfigDrift, EdgeConfigsApi } from "@sdk/api/edge_configs";
import { type ReactNode, useState } from "react";
import shared from "../packages/packages.module.css";
import { Failure } from "./Change";
import { Changes } from "./DryRun";
import css from "./edge_config.module.css";
import { useConfigTexts } from "./texts";
import { failureText, reasonText } from "./told";
import { Diff } from "./Versions";

const WATCH_S = 60;

type Busy = "" | "look" | "again" | "take";

interface DriftProps {
  api: EdgeConfigsApi;
  edge: string;
  drift: ConfigDrift;
  load: () => Promise<void>;
}

/** The agent runs another configuration than the one pushed last: by whom, what differs, and both ways out. */
export function Drift({ api, edge, drift, load }: DriftProps) {
  const text = useConfigTexts();
  const { t } = useLocale();
  const [busy, setBusy] = useState<Busy>("");
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState("");
  const [found, setFound] = useState<ConfigDifference | null>(null);
  const act = (what: Busy, work: () => Promise<void>) => {
    if (busy) return;
    setBusy(what);
    setError(null);
    setRefused("");
    work()
      .catch(setError)
      .finally(() => setBusy(""));
  };
  const push = async (no: number, basis: string) => {
    const answer = await api.push(no, WATCH_S, basis);
    if (answer.state === "refused") setRefused(reasonText(answer, text));
    await load();
  };
  const take = async (running: ConfigDifference) => {
    const made = await api.add(running.text, text("taken_note", { edge }));
    await push(made.no, running.basis);
  };
  return (
    <section className={shared.item} aria-label={text("drift")}>
      <DriftHead drift={drift} />
      <div className={css.ways}>
        <Button
          aria-busy={busy === "look"}
          onClick={() => act("look", async () => setFound(await api.drift()))}
        >
          {text(busy === "look" ? "trying" : "drift_show")}
        </Button>
      </div>
      {error ? <Failure error={error} words={failureText(error, edge, text, t)} edge={edge} /> : null}
      {refused ? <Notice icon="warn" title={refused} tone="alarm" /> : null}
      {found ? (
        <Differs found={found}>
          {drift.no > 0 ? (
            <Button
              aria-busy={busy === "again"}
              onClick={() => act("again", () => push(drift.no, found.basis))}
            >
              {text("drift_again", { no: String(drift.no) })}
            </Button>
          ) : null}
          {found.text ? (
            <Button aria-busy={busy === "take"} onClick={() => act("take", () => take(found))}>
              {text("drift_take")}
            </Button>
          ) : null}
        </Differs>
      ) : null}
    </section>
  );
}

function DriftHead({ drift }: { drift: ConfigDrift }) {
  const text = useConfigTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const time = drift.ts > 0 ? formatMoment(drift.ts, live.clock.now(), language) : "";
  const who = drift.by ? text("drift_by", { by: drift.by, time }) : text("drift_unknown");
  return (
    <>
      <h2 className={css.heading}>{text("drift")}</h2>
      <p className={css.mark} data-state="rolled_back" role="status">
        <Icon name="warn" size={18} />
        {drift.no > 0 ? text("drift_since", { no: String(drift.no) }) : text("drift_since_gone")}
      </p>
      <p className={shared.hint}>{who}</p>
    </>
  );
}

function Differs({ found, children }: { found: ConfigDifference; children: ReactNode }) {
  const text = useConfigTexts();
  return (
    <div className={css.result}>
      {found.diff === null ? null : <Diff diff={found.diff} />}
      {found.text ? null : <p>{`${text("not_told")}. ${reasonText(found, text)}`}</p>}
      {found.changes.length > 0 ? (
        <>
          <p>{text("drift_would")}</p>
          <Changes changes={found.changes} />
        </>
      ) : null}
      <div className={css.ways}>{children}</div>
    </div>
  );
}
