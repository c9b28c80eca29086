import {
  formatDuration,
  formatMoment,
  formatNumber,
  Icon,
  Notice,
  Skeleton,
  useLocale,
  useServices,
} from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { ConnectionHealth, EdgeHealth, Health, HistoryGap } from "@sdk/api/types";
import { formatBytes } from "@sdk/format/number";
import { type ReactNode, useEffect, useState } from "react";
import css from "./health.module.css";
import shell from "./shell.module.css";

const PERIOD_MS = 2000;
const GAPS_SHOWN = 50;

function useHealth() {
  const { api } = useServices();
  const [health, setHealth] = useState<Health | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = async () => {
      try {
        setHealth(await api.health(abort.signal));
        setError(null);
      } catch (problem) {
        if (abort.signal.aborted) return;
        setError(problem);
      }
      timer = setTimeout(() => void ask(), PERIOD_MS);
    };
    void ask();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [api]);
  return { health, error };
}

/** Whether everything arrives: agents, connections, backlog, gaps, disk, clocks. */
export default function HealthScreen() {
  const { t } = useLocale();
  const { health, error } = useHealth();
  return (
    <>
      <h1 className={shell.screenTitle}>{t("health.title")}</h1>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      {!health && !error ? <Skeleton width="100%" height="320px" /> : null}
      {health ? <Report health={health} /> : null}
    </>
  );
}

function Report({ health }: { health: Health }) {
  const { t } = useLocale();
  return (
    <>
      <Platform health={health} />
      <h2 className={shell.screenSub}>{t("health.agents")}</h2>
      {health.edges.length === 0 ? (
        <div className={shell.emptyBox}>
          <Notice icon="server" title={t("health.empty")} hint={t("health.empty_hint")} />
        </div>
      ) : null}
      {health.edges.map((edge) => (
        <Edge key={edge.id} edge={edge} now={health.now} />
      ))}
      <h2 className={shell.screenSub}>{t("health.gaps")}</h2>
      <Gaps gaps={health.gaps} now={health.now} />
    </>
  );
}

function Fact({
  name,
  hint,
  tone,
  children,
}: {
  name: string;
  /** What the figure means, for who asks. */
  hint?: string;
  tone?: "warn" | "alarm" | undefined;
  children: ReactNode;
}) {
  return (
    <div className={css.fact} data-tone={tone} title={hint}>
      <dt>{name}</dt>
      <dd>
        {tone ? <Icon name="warn" size={16} /> : null}
        <span>{children}</span>
      </dd>
    </div>
  );
}

const DISK_LOW = 0.1;

function Platform({ health }: { health: Health }) {
  const { language, t } = useLocale();
  const { live } = useServices();
  const { disk, broker } = health;
  const low = disk !== null && disk.total > 0 && disk.free / disk.total < DISK_LOW;
  const brokerUp = broker?.up ?? false;
  const impossible = health.impossible_times ?? 0;
  const torn = health.journal?.torn_bytes ?? 0;
  return (
    <section className={css.box}>
      <dl className={css.facts}>
        <Fact name={t("health.broker")} tone={brokerUp ? undefined : "alarm"}>
          {t(brokerUp ? "health.up" : "health.down")}
        </Fact>
        <Fact name={t("health.disk")} tone={low ? "warn" : undefined}>
          {disk
            ? t("health.disk_free", {
                free: formatBytes(disk.free, language),
                total: formatBytes(disk.total, language),
              })
            : t("common.none")}
        </Fact>
        <Fact
          name={t("health.dead_letters")}
          hint={t("health.dead_letters_hint")}
          tone={health.dead_letters > 0 ? "warn" : undefined}
        >
          {formatNumber(health.dead_letters, 0, language)}
        </Fact>
        <Fact
          name={t("health.impossible_times")}
          hint={t("health.impossible_times_hint")}
          tone={impossible > 0 ? "warn" : undefined}
        >
          {formatNumber(impossible, 0, language)}
        </Fact>
        <Fact
          name={t("health.torn_bytes")}
          hint={t("health.torn_bytes_hint")}
          tone={torn > 0 ? "warn" : undefined}
        >
          {formatBytes(torn, language)}
        </Fact>
        <Fact name={t("health.server")}>{formatMoment(health.now, live.clock.now(), language)}</Fact>
      </dl>
    </section>
  );
}

function OnlineMark({ edge, now }: { edge: EdgeHealth; now: number }) {
  const { language, t } = useLocale();
  const since = edge.offline_since;
  const text = edge.online
    ? t("health.online")
    : since === null
      ? t("state.offline")
      : t("health.offline_since", {
          time: formatMoment(since, now, language),
          age: formatDuration(now - since, t),
        });
  return (
    <span className={css.mark} data-up={edge.online}>
      <Icon name={edge.online ? "check" : "offline"} size={18} />
      {text}
    </span>
  );
}

const CLOCK_FAR_MS = 1000;

function Edge({ edge, now }: { edge: EdgeHealth; now: number }) {
  const { language, t } = useLocale();
  const { backlog, identity } = edge;
  const age = (ts: number) => formatDuration(now - ts, t);
  const ago = (ts: number | null) => (ts === null ? t("health.never") : t("time.ago", { age: age(ts) }));
  const missing = identity
    ? identity.accepted - identity.acked - identity.pending - identity.dropped - identity.dead
    : 0;
  const clock = edge.clock_offset_ms;
  const far = clock !== null && Math.abs(clock) > CLOCK_FAR_MS;
  const points = backlog?.points ?? 0;
  return (
    <section className={css.box} aria-label={edge.id}>
      <div className={css.edgeHead}>
        <h3 className="truncate">{edge.id}</h3>
        <OnlineMark edge={edge} now={now} />
      </div>
      <dl className={css.facts}>
        <Fact name={t("health.last_value")}>{ago(edge.last_value_ts)}</Fact>
        <Fact
          name={t("health.backlog")}
          hint={t("health.backlog_hint")}
          tone={points > 0 && backlog?.oldest_ts && now - backlog.oldest_ts > 6e7 ? "warn" : undefined}
        >
          <Backlog points={points} age={backlog?.oldest_ts ? age(backlog.oldest_ts) : null} />
        </Fact>
        <Fact name={t("health.clock")} hint={t("health.clock_hint")} tone={far ? "warn" : undefined}>
          {clock === null ? t("common.none") : `${formatNumber(clock, 0, language)} ms`}
        </Fact>
        <Fact name={t("health.disk")}>
          {edge.disk_free === null
            ? t("common.none")
            : t("health.disk_free_edge", { free: formatBytes(edge.disk_free, language) })}
        </Fact>
        <Fact
          name={t("health.identity")}
          hint={t("health.identity_hint")}
          tone={missing !== 0 ? "alarm" : undefined}
        >
          {identity
            ? t(missing === 0 ? "health.identity_ok" : "health.identity_off", {
                accepted: formatNumber(identity.accepted, 0, language),
                missing: formatNumber(missing, 0, language),
              })
            : t("common.none")}
        </Fact>
      </dl>
      <Connections connections={edge.connections} now={now} />
    </section>
  );
}

function Backlog({ points, age }: { points: number; age: string | null }) {
  const { language, t } = useLocale();
  if (points === 0) return t("health.backlog_none");
  const n = formatNumber(points, 0, language);
  return age === null ? t("health.backlog_points", { n }) : t("health.backlog_since", { n, age });
}

function Connections({ connections, now }: { connections: ConnectionHealth[]; now: number }) {
  const { t } = useLocale();
  if (connections.length === 0) return null;
  const heads = [
    "health.connection",
    "health.last_read",
    "health.tags",
    "health.bad_tags",
    "health.overruns",
    "health.error",
  ] as const;
  return (
    <section
      className={css.scroll}
      tabIndex={0}
      aria-label={t("health.connections", { n: String(connections.length) })}
    >
      <table className={css.table}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                title={head === "health.overruns" ? t("health.overruns_hint") : undefined}
              >
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {connections.map((connection) => (
            <ConnectionRow key={connection.id} connection={connection} now={now} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ConnectionRow({ connection, now }: { connection: ConnectionHealth; now: number }) {
  const { language, t } = useLocale();
  const count = (n: number | null) => (n === null ? t("common.none") : formatNumber(n, 0, language));
  const { up, since, last_read_ts } = connection;
  const reason =
    connection.error ||
    (!up && since !== null ? t("health.since", { time: formatMoment(since, now, language) }) : "");
  return (
    <tr>
      <td>
        <span className={css.mark} data-up={up}>
          <Icon name={up ? "check" : "cross"} size={18} />
          {connection.id}
          <span className={css.driver}>{connection.driver}</span>
        </span>
      </td>
      <td data-label={t("health.last_read")}>
        {last_read_ts === null
          ? t("health.never")
          : t("time.ago", { age: formatDuration(now - last_read_ts, t) })}
      </td>
      <td data-label={t("health.tags")}>{count(connection.tags)}</td>
      <td data-label={t("health.bad_tags")} data-tone={connection.bad_tags ? "warn" : undefined}>
        {count(connection.bad_tags)}
      </td>
      <td data-label={t("health.overruns")}>{count(connection.scan_overruns)}</td>
      <td data-reason={reason !== ""}>
        <span className={`${css.reason} truncate`} title={reason}>
          {reason}
        </span>
      </td>
    </tr>
  );
}

function Gaps({ gaps, now }: { gaps: HistoryGap[]; now: number }) {
  const { language, t } = useLocale();
  if (gaps.length === 0) {
    return (
      <section className={css.box}>
        <span className={css.mark} data-up={true}>
          <Icon name="check" size={18} />
          {t("health.gaps_none")}
        </span>
      </section>
    );
  }
  const amount = (gap: HistoryGap) =>
    gap.n === null
      ? t("health.gap_count.unknown")
      : t(`health.gap_count.${gap.count_of}`, { n: formatNumber(gap.n, 0, language) });
  const heads = [
    "health.gap_where",
    "health.gap_kind",
    "health.gap_from",
    "health.gap_to",
    "health.gap_count",
  ] as const;
  return (
    <section className={`${css.box} ${css.scroll}`} tabIndex={0} aria-label={t("health.gaps")}>
      <table className={css.table}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {gaps.slice(0, GAPS_SHOWN).map((gap) => (
            <tr key={`${gap.edge}${gap.connection}${gap.kind}${gap.from}${gap.to}`}>
              <td>{[gap.edge, gap.connection].filter(Boolean).join(" / ")}</td>
              <td title={gap.reason} data-wide>
                {t(`chart.gap.${gap.kind}`)}
              </td>
              <td data-label={t("health.gap_from")}>{formatMoment(gap.from, now, language)}</td>
              <td data-label={t("health.gap_to")}>{formatMoment(gap.to, now, language)}</td>
              <td data-label={t("health.gap_count")}>{amount(gap)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
