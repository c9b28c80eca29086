import {
  Button,
  formatDuration,
  formatMoment,
  formatNumber,
  Icon,
  limitLines,
  Notice,
  QualityMark,
  Skeleton,
  signalOfTag,
  type Tag,
  Trend,
  useFormatter,
  useLocale,
  useServerNow,
  useServices,
  useSignal,
  useTagSignals,
} from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { SeriesStats } from "@sdk/api/types";
import { seriesNames } from "@sdk/chart/model";
import { isState } from "@sdk/chart/scales";
import { useAssets } from "@sdk/hooks/assets";
import type { RangeChoice } from "@sdk/range";
import { useEffect, useMemo, useRef, useState } from "react";
import { useDetailTexts } from "./detail_texts";
import explain from "./explain/explain.module.css";
import { QualitySteps, TagSteps } from "./explain/TagSteps";
import css from "./runtime.module.css";

const DAY_US = 24 * 3600 * 1e6;
const STATS_POINTS = 400;
const SHOWN_MIN_US = 60e6;

/** The last 24 hours of a tag: course, extremes, limits, quality, age and where it comes from. */
export function TagDetail({ tagId, close }: { tagId: number; close: () => void }) {
  const { language, t } = useLocale();
  const text = useDetailTexts();
  const { api } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  const [tag, setTag] = useState<Tag | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  useEffect(() => {
    let gone = false;
    api.tag(tagId).then(
      (found) => !gone && setTag(found),
      (problem) => !gone && setError(problem),
    );
    return () => {
      gone = true;
    };
  }, [api, tagId]);
  const signalOf = useTagSignals();
  const name = tag ? (seriesNames([signalOf(tag)], language, true)[0] ?? "") : "";
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself.
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-label={text("title", { name })}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className={css.dialogHead}>
        <h2 className={`${css.dialogTitle} truncate`} title={name}>
          {name}
        </h2>
        <Button look="quiet" square onClick={close} aria-label={t("common.close")} title={t("common.close")}>
          <Icon name="close" />
        </Button>
      </div>
      <div className={css.dialogBody}>
        {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
        {tag ? <Body tag={tag} /> : error ? null : <Skeleton width="100%" height="360px" />}
      </div>
    </dialog>
  );
}

function Body({ tag }: { tag: Tag }) {
  const text = useDetailTexts();
  const { live } = useServices();
  const signals = useMemo(() => [signalOfTag(tag)], [tag]);
  const stats = useStats(tag);
  // Fixed for as long as the dialog is open, so that the figures and the course say the same.
  const [day] = useState(() => {
    const now = live.clock.now();
    return { from: now - DAY_US, to: now };
  });
  const [zoom, setZoom] = useState<RangeChoice | null>(null);
  const range = useMemo(
    () => zoom ?? { kind: "fixed" as const, from: beginOf(day, stats), to: day.to },
    [zoom, day, stats],
  );
  return (
    <>
      <Now tag={tag} />
      <div className={css.chart}>
        <Trend
          signals={signals}
          choice={range}
          nameless
          onZoom={(from, to) => setZoom({ kind: "fixed", from, to })}
        />
      </div>
      <h3 className={css.sub}>{text("last24")}</h3>
      <Stats tag={tag} stats={stats} />
      <h3 className={css.sub}>{text("source")}</h3>
      <Source tag={tag} />
    </>
  );
}

/** Where the course begins: a tag that is known for a part of the day fills the width with that part. */
export function beginOf(
  day: { from: number; to: number },
  stats: Pick<SeriesStats, "first_t"> | null | undefined,
): number {
  const first = stats?.first_t ?? day.from;
  if (first < day.from + DAY_US / 4) return day.from;
  const known = Math.max(day.to - first, SHOWN_MIN_US);
  return Math.round(day.to - known * 1.03);
}

function Now({ tag }: { tag: Tag }) {
  const { language, t } = useLocale();
  const text = useDetailTexts();
  const signal = useMemo(() => signalOfTag(tag), [tag]);
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const now = useServerNow(1000);
  return (
    <div className={css.now}>
      <span className={css.nowValue} data-current={assessment.current}>
        {shown.text}
      </span>
      <span className={css.nowUnit}>{shown.unit}</span>
      <QualityMark assessment={assessment} sample={sample} always />
      {sample ? (
        <span className={css.paused}>
          {text("age")}: {formatDuration(now - sample.ts, t)} ({formatMoment(sample.ts, now, language)})
        </span>
      ) : null}
    </div>
  );
}

function useStats(tag: Tag): SeriesStats | null | undefined {
  const { history, live } = useServices();
  const [stats, setStats] = useState<SeriesStats | null | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    const now = live.clock.now();
    history.load([tag.id], now - DAY_US, now, STATS_POINTS).then(
      (answer) => !gone && setStats(answer.series.find((entry) => entry.id === tag.id)?.stats ?? null),
      () => !gone && setStats(null),
    );
    return () => {
      gone = true;
    };
  }, [history, live, tag]);
  return stats;
}

function Stats({ tag, stats }: { tag: Tag; stats: SeriesStats | null | undefined }) {
  const { language, t } = useLocale();
  const text = useDetailTexts();
  const format = useFormatter(useMemo(() => signalOfTag(tag), [tag]));
  const show = (value: number | null | undefined) =>
    stats === undefined ? "" : value === null || value === undefined ? t("common.none") : format(value).text;
  const limits = limitLines(tag.meta.limits);
  const rows: [string, string][] = isState(tag)
    ? []
    : [
        [text("min"), show(stats?.min)],
        [text("mean"), show(stats?.mean)],
        [text("max"), show(stats?.max)],
      ];
  const count = stats === undefined ? "" : formatNumber(stats?.n ?? 0, 0, language);
  rows.push([text("samples"), count]);
  return (
    <dl className={css.stats}>
      {rows.map(([name, text]) => (
        <div key={name} className={css.stat}>
          <dt>{name}</dt>
          <dd className="truncate" title={text}>
            {text}
          </dd>
        </div>
      ))}
      <div className={css.stat}>
        <dt>{text("limits")}</dt>
        <dd className={css.limits}>
          {limits.length === 0 ? text("no_limits") : null}
          {limits.map((limit) => (
            <span key={limit.name}>
              <span className={css.limitName}>{t(`chart.limits.${limit.name}`)}</span>{" "}
              {format(limit.value).text}
            </span>
          ))}
        </dd>
      </div>
    </dl>
  );
}

/** Where the value comes from, as "Explain" tells it: machine, tag, register, quality and times. */
function Source({ tag }: { tag: Tag }) {
  const assets = useAssets();
  const signalOf = useTagSignals();
  const signal = useMemo(() => signalOf(tag), [signalOf, tag]);
  const { sample } = useSignal(signal);
  const scope = { loaded: { assets, roles: [] } };
  return (
    <ol className={explain.steps}>
      <TagSteps signal={signal} scope={scope} />
      <QualitySteps signal={signal} scope={scope} sample={sample} />
    </ol>
  );
}
