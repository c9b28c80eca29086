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
import DeadLetterList from "./DeadLetterList";
import css from "./health.module.css";
import { useHealthTexts } from "./health_texts";
import shell from "./shell.module.css";
import { WritesSwitch } from "./WritesSwitch";

const PERIOD_MS = 2000;
const GAPS_SHOWN = 50;

/** What can be done about an edge, beside its name. */
type EdgeAction = (edge: EdgeHealth) => ReactNode;

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
export default function HealthScreen({ action }: { action?: EdgeAction }) {
  const { t } = useLocale();
  const { health, error } = useHealth();
  return (
    <>
      <h1 className={shell.screenTitle}>{t("health.title")}</h1>
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      {!health && !error ? <Skeleton width="100%" height="320px" /> : null}
      {health ? <Report health={health} action={action} /> : null}
    </>
  );
}

function Report({ health, action }: { health: Health; action: EdgeAction | undefined }) {
  const text = useHealthTexts();
  return (
    <>
      <Platform health={health} />
      {health.writes ? <WritesSwitch told={health.writes} now={health.now} /> : null}
      <h2 className={shell.screenSub}>{text("agents")}</h2>
      {health.edges.length === 0 ? (
        <div className={shell.emptyBox}>
          <Notice icon="server" title={text("empty")} hint={text("empty_hint")} />
        </div>
      ) : null}
      {health.edges.map((edge) => (
        <Edge key={edge.id} edge={edge} now={health.now} action={action} />
      ))}
      <h2 className={shell.screenSub}>{text("gaps")}</h2>
      <Gaps gaps={health.gaps} now={health.now} />
      <DeadLetterList health={health} />
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
  const text = useHealthTexts();
  const { live } = useServices();
  const { disk, broker } = health;
  const low = disk !== null && disk.total > 0 && disk.free / disk.total < DISK_LOW;
  const brokerUp = broker?.up ?? false;
  const impossible = health.impossible_times ?? 0;
  const torn = health.journal?.torn_bytes ?? 0;
  return (
    <section className={css.box}>
      <dl className={css.facts}>
        <Fact name={text("broker")} tone={brokerUp ? undefined : "alarm"}>
          {text(brokerUp ? "up" : "down")}
        </Fact>
        <Fact name={text("disk")} tone={low ? "warn" : undefined}>
          {disk
            ? text("disk_free", {
                free: formatBytes(disk.free, language),
                total: formatBytes(disk.total, language),
              })
            : t("common.none")}
        </Fact>
        <Fact
          name={text("dead_letters")}
          hint={text("dead_letters_hint")}
          tone={health.dead_letters > 0 ? "warn" : undefined}
        >
          {formatNumber(health.dead_letters, 0, language)}
        </Fact>
        <Fact
          name={text("impossible_times")}
          hint={text("impossible_times_hint")}
          tone={impossible > 0 ? "warn" : undefined}
        >
          {formatNumber(impossible, 0, language)}
        </Fact>
        <Fact name={text("torn_bytes")} hint={text("torn_bytes_hint")} tone={torn > 0 ? "warn" : undefined}>
          {formatBytes(torn, language)}
        </Fact>
        <Fact name={text("server")}>{formatMoment(health.now, live.clock.now(), language)}</Fact>
      </dl>
    </section>
  );
}

function OnlineMark({ edge, now }: { edge: EdgeHealth; now: number }) {
  const { language, t } = useLocale();
  const text = useHealthTexts();
  const since = edge.offline_since;
  const words = edge.online
    ? text("online")
    : since === null
      ? t("state.offline")
      : text("offline_since", {
          time: formatMoment(since, now, language),
          age: formatDuration(now - since, t),
        });
  return (
    <span className={css.mark} data-up={edge.online}>
      <Icon name={edge.online ? "check" : "offline"} size={18} />
      {words}
    </span>
  );
}

const CLOCK_FAR_MS = 1000;
/** A night: who is told in the evening can still act before data is lost. */
const ROOM_SHORT_S = 12 * 3600;

interface EdgeProps {
  edge: EdgeHealth;
  now: number;
  action: EdgeAction | undefined;
}

function Edge({ edge, now, action }: EdgeProps) {
  const { language, t } = useLocale();
  const text = useHealthTexts();
  const { backlog, identity } = edge;
  const age = (ts: number) => formatDuration(now - ts, t);
  const ago = (ts: number | null) => (ts === null ? text("never") : t("time.ago", { age: age(ts) }));
  const missing = identity
    ? identity.accepted - identity.acked - identity.pending - identity.dropped - identity.dead
    : 0;
  const clock = edge.clock_offset_ms;
  const far = clock !== null && Math.abs(clock) > CLOCK_FAR_MS;
  const points = backlog?.points ?? 0;
  const room = edge.spool_room_s;
  const isShort = room !== null && room < ROOM_SHORT_S;
  return (
    <section className={css.box} aria-label={edge.id}>
      <div className={css.edgeHead}>
        <h3 className="truncate">{edge.id}</h3>
        <OnlineMark edge={edge} now={now} />
        {action?.(edge)}
      </div>
      <dl className={css.facts}>
        <Fact name={text("last_value")}>{ago(edge.last_value_ts)}</Fact>
        <Fact
          name={text("backlog")}
          hint={text("backlog_hint")}
          tone={points > 0 && backlog?.oldest_ts && now - backlog.oldest_ts > 6e7 ? "warn" : undefined}
        >
          <Backlog points={points} age={backlog?.oldest_ts ? age(backlog.oldest_ts) : null} />
        </Fact>
        <Fact name={text("clock")} hint={text("clock_hint")} tone={far ? "warn" : undefined}>
          {clock === null ? t("common.none") : `${formatNumber(clock, 0, language)} ms`}
        </Fact>
        <Fact name={text("disk")}>
          {edge.disk_free === null
            ? t("common.none")
            : text("disk_free_edge", { free: formatBytes(edge.disk_free, language) })}
        </Fact>
        <Fact name={text("room")} hint={text("room_hint")} tone={isShort ? "warn" : undefined}>
          {room === null ? t("common.none") : formatDuration(room * 1e6, t)}
        </Fact>
        <Fact name={text("identity")} hint={text("identity_hint")} tone={missing !== 0 ? "alarm" : undefined}>
          {identity
            ? text(missing === 0 ? "identity_ok" : "identity_off", {
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
  const { language } = useLocale();
  const text = useHealthTexts();
  if (points === 0) return text("backlog_none");
  const n = formatNumber(points, 0, language);
  return age === null ? text("backlog_points", { n }) : text("backlog_since", { n, age });
}

/** Nearly all the time an answer is waited for: the next slow one makes scans late. */
const BUSY = 900;
const HINTS = {
  overruns: "overruns_hint",
  round_trip: "round_trip_hint",
  line_use: "line_use_hint",
} as const;

function Connections({ connections, now }: { connections: ConnectionHealth[]; now: number }) {
  const text = useHealthTexts();
  if (connections.length === 0) return null;
  const heads = [
    "connection",
    "last_read",
    "tags",
    "bad_tags",
    "overruns",
    "round_trip",
    "line_use",
    "error",
  ] as const;
  return (
    <section
      className={css.scroll}
      tabIndex={0}
      aria-label={text("connections", { n: String(connections.length) })}
    >
      <table className={css.table}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th
                key={head}
                scope="col"
                title={head in HINTS ? text(HINTS[head as keyof typeof HINTS]) : undefined}
              >
                {text(head)}
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
  const text = useHealthTexts();
  const count = (n: number | null) => (n === null ? t("common.none") : formatNumber(n, 0, language));
  const { up, since, last_read_ts } = connection;
  const reason =
    connection.error ||
    (!up && since !== null ? text("since", { time: formatMoment(since, now, language) }) : "");
  return (
    <tr>
      <td>
        <span className={css.mark} data-up={up}>
          <Icon name={up ? "check" : "cross"} size={18} />
          {connection.id}
          <span className={css.driver}>{connection.driver}</span>
        </span>
      </td>
      <td data-label={text("last_read")}>
        {last_read_ts === null
          ? text("never")
          : t("time.ago", { age: formatDuration(now - last_read_ts, t) })}
      </td>
      <td data-label={text("tags")}>{count(connection.tags)}</td>
      <td data-label={text("bad_tags")} data-tone={connection.bad_tags ? "warn" : undefined}>
        {count(connection.bad_tags)}
      </td>
      <td data-label={text("overruns")}>{count(connection.scan_overruns)}</td>
      <td data-label={text("round_trip")}>
        {connection.rtt_p95_us
          ? `${formatNumber(connection.rtt_p95_us / 1000, 1, language)} ms`
          : t("common.none")}
      </td>
      <td
        data-label={text("line_use")}
        data-tone={(connection.busy_permille ?? 0) > BUSY ? "warn" : undefined}
      >
        {connection.busy_permille
          ? `${formatNumber(connection.busy_permille / 10, 0, language)} %`
          : t("common.none")}
      </td>
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
  const text = useHealthTexts();
  if (gaps.length === 0) {
    return (
      <section className={css.box}>
        <span className={css.mark} data-up={true}>
          <Icon name="check" size={18} />
          {text("gaps_none")}
        </span>
      </section>
    );
  }
  const amount = (gap: HistoryGap) =>
    gap.n === null
      ? text("gap_count.unknown")
      : text(`gap_count.${gap.count_of}`, { n: formatNumber(gap.n, 0, language) });
  const heads = ["gap_where", "gap_kind", "gap_from", "gap_to", "gap_count"] as const;
  return (
    <section className={`${css.box} ${css.scroll}`} tabIndex={0} aria-label={text("gaps")}>
      <table className={css.table}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {text(head)}
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
              <td data-label={text("gap_from")}>{formatMoment(gap.from, now, language)}</td>
              <td data-label={text("gap_to")}>{formatMoment(gap.to, now, language)}</td>
              <td data-label={text("gap_count")}>{amount(gap)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
