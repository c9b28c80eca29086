import {
  type CSSProperties,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { ApiError, describeError } from "../api/problem";
import type { Signal } from "../bindings/signal";
import { useLocale, useServices } from "../context";
import { formatMoment } from "../format/time";
import { useHistory, useWindow } from "../hooks/history";
import { useLink } from "../hooks/live";
import { lateComponent } from "../late_component";
import { useUnitWishes } from "../preferences/context";
import { displayOfSignal, signalIn } from "../preferences/display_unit";
import { clampWindow, type RangeChoice } from "../range";
import { subscribeTheme, themeVersion } from "../theme";
import { Button, Notice, Skeleton } from "../ui/primitives";
import css from "./chart.module.css";
import { Legend, LegendItem } from "./Legend";
import { drawnOf, tracksOf } from "./model";
import { StateLane } from "./StateLanes";
import { SERIES_MAX } from "./scales";

const TrendChart = lateComponent(
  async () => (await import("./TrendChart")).default,
  <Skeleton width="100%" height="100%" />,
);

interface TrendProps {
  signals: readonly Signal[];
  choice: RangeChoice;
  /** Without it the chart cannot be zoomed. */
  onZoom?: ((from: number, to: number) => void) | undefined;
  onRemove?: ((tagId: number) => void) | undefined;
  /** Names say the machine too, also where one machine is shown alone. */
  fullNames?: boolean;
  /** Leaves out the name of a series: what stands above the chart says it already. */
  nameless?: boolean;
  showLimits?: boolean;
  fixed?: { min?: number | undefined; max?: number | undefined };
}

/** Points per request: two per pixel are drawn, rounded so that neighbours share a request. */
function usePixels() {
  const ref = useRef<HTMLDivElement>(null);
  const [pixels, setPixels] = useState(0);
  useEffect(() => {
    const width = ref.current?.clientWidth ?? 0;
    setPixels(Math.min(2000, Math.max(200, Math.ceil(width / 200) * 200)));
  }, []);
  return { ref, pixels };
}

const NOTHING_FIXED = {};

function useTrend(signals: readonly Signal[], choice: RangeChoice, pixels: number, fullNames: boolean) {
  const { language } = useLocale();
  const { live, store } = useServices();
  const link = useLink();
  const shown = useMemo(() => signals.filter((signal) => signal.tag).slice(0, SERIES_MAX), [signals]);
  const window = useWindow(choice, pixels || 800);
  const ids = useMemo(() => (pixels ? shown.flatMap((signal) => signal.tag?.id ?? []) : []), [shown, pixels]);
  const feed = useHistory(ids, choice, window, pixels);
  const lost_us =
    link.lost_since_ms === null ? null : live.clock.now() - (Date.now() - link.lost_since_ms) * 1000;
  const knownUntil = window.live && !link.up && lost_us !== null ? lost_us : Number.POSITIVE_INFINITY;
  const loaded = feed.loading;
  // biome-ignore lint/correctness/useExhaustiveDependencies: tracks grow in place; the clock redraws them.
  const tracks = useMemo(() => {
    const until = (id: number) => (window.live ? Math.min(knownUntil, store.knownUntil(id)) : knownUntil);
    return tracksOf(drawnOf(shown, language, fullNames), feed, window, until);
  }, [shown, window, knownUntil, loaded, fullNames, language]);
  return { tracks, window, feed, holdUntil: Math.min(knownUntil, window.to, live.clock.now()) };
}

type Fixed = NonNullable<TrendProps["fixed"]>;

/** The signals and the fixed axis in the units the reader wants: the axis counts in round numbers of these. */
function useShownUnits(signals: readonly Signal[], fixed: Fixed) {
  const wishes = useUnitWishes();
  return useMemo(() => {
    const first = signals[0] ? displayOfSignal(signals[0], wishes) : null;
    const shown = (value: number | undefined) =>
      first && value !== undefined ? first.convert(value) : value;
    return {
      signals: signals.map((signal) => signalIn(signal, wishes)),
      fixed: first ? { min: shown(fixed.min), max: shown(fixed.max) } : fixed,
    };
  }, [signals, wishes, fixed]);
}

/** A trend with its legend and all its states: loading, empty, error, holes, live. */
export function Trend({
  signals: stored,
  choice,
  onZoom,
  onRemove,
  fullNames = false,
  nameless = false,
  showLimits = true,
  fixed: asStored = NOTHING_FIXED,
}: TrendProps) {
  const { signals, fixed } = useShownUnits(stored, asStored);
  const { language, t } = useLocale();
  const { live } = useServices();
  const { ref, pixels } = usePixels();
  const { tracks, window, feed, holdUntil } = useTrend(signals, choice, pixels, fullNames);
  const theme = useSyncExternalStore(subscribeTheme, themeVersion);
  const [cursor, setCursor] = useState<number | null>(null);
  const [inset, setInset] = useState({ left: 0, right: 0 });
  const layout = useCallback((left: number, right: number) => {
    setInset((known) => (known.left === left && known.right === right ? known : { left, right }));
  }, []);
  const lines = tracks.filter((entry) => !entry.state);
  const lanes = tracks.filter((entry) => entry.state);
  const first = feed.loading && feed.tracks.size === 0;
  const empty = !feed.loading && tracks.every((entry) => !entry.track || entry.track.t.length === 0);
  const zoom = (from: number, to: number) => {
    const next = clampWindow(from, to, live.clock.now());
    onZoom?.(next.from, next.to);
  };
  return (
    <div className={css.trend} ref={ref} onPointerLeave={() => setCursor(null)}>
      <Legend tracks={lines} cursor={cursor} live={window.live} onRemove={onRemove} nameless={nameless} />
      {lanes.length > 0 ? (
        <div
          className={css.lanes}
          data-alone={lines.length === 0}
          style={{ "--left": `${inset.left}px`, "--right": `${inset.right}px` } as CSSProperties}
        >
          {lanes.map((entry) => (
            <div key={entry.signal.key} className={css.laneRow}>
              <LegendItem
                entry={entry}
                cursor={cursor}
                live={window.live}
                onRemove={onRemove}
                nameless={nameless}
              />
              <StateLane
                entry={entry}
                window={window}
                holdUntil={holdUntil}
                theme={theme}
                onCursor={setCursor}
              />
            </div>
          ))}
        </div>
      ) : null}
      <div className={css.canvas}>
        {pixels > 0 && (lines.length > 0 || lanes.length > 0) ? (
          <TrendChart
            tracks={lines}
            window={window}
            holdUntil={holdUntil}
            showLimits={showLimits}
            fixed={fixed}
            theme={theme}
            label={t("chart.label", { series: tracks.map(({ name }) => name).join(", ") })}
            onCursor={setCursor}
            onZoom={zoom}
            onLayout={layout}
          />
        ) : null}
        <Cover
          error={feed.error && feed.tracks.size === 0 ? feed.error : null}
          first={first}
          empty={empty}
          reload={feed.reload}
        />
      </div>
      {cursor !== null ? (
        <span className={css.stamp} data-testid="chart-stamp">
          {formatMoment(cursor, live.clock.now(), language)}
        </span>
      ) : null}
    </div>
  );
}

function Cover({
  error,
  first,
  empty,
  reload,
}: {
  error: unknown;
  first: boolean;
  empty: boolean;
  reload: () => void;
}) {
  const { t } = useLocale();
  if (error) {
    const forbidden = error instanceof ApiError && error.status === 403;
    return (
      <div className={css.cover}>
        <Notice
          icon={forbidden ? "lock" : "warn"}
          title={t(forbidden ? "state.no_permission" : "chart.error")}
          hint={describeError(error, t)}
          tone="alarm"
        >
          <Button onClick={reload}>{t("common.retry")}</Button>
        </Notice>
      </div>
    );
  }
  if (first) {
    return (
      <div className={css.cover} role="status" aria-label={t("chart.loading")}>
        <Skeleton width="100%" height="100%" />
      </div>
    );
  }
  if (empty) {
    return (
      <div className={css.cover} data-through>
        <Notice icon="trend" title={t("chart.empty")} hint={t("chart.empty_hint")} />
      </div>
    );
  }
  return null;
}
