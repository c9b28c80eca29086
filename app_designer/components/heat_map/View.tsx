import {
  BlockTile,
  type ComponentProps,
  dayWindow,
  describeError,
  formatNumber,
  type HourFn,
  hourRows,
  type LocalText,
  localText,
  Said,
  type Signal,
  Skeleton,
  signalName,
  useFormatter,
  useHistory,
  useLocale,
  useMissing,
  useServerNow,
  type Value,
} from "@sdk";
import { useMemo } from "react";
import { Grid } from "./Grid";

export interface HeatMapProps {
  title?: LocalText;
  fn?: HourFn;
  days?: number;
  decimals?: number;
}

/** Parts of an hour that are asked for, so that an hour's extremes are its own. */
const PARTS = 4;
const POINTS_MAX = 2000;
const RENEW_MS = 300_000;

export default function HeatMapView(block: ComponentProps<HeatMapProps>) {
  const { language } = useLocale();
  const signal = block.inputs.value?.[0];
  const missing = useMissing(block.inputs.value ?? []);
  const title = localText(block.props.title, language) || (signal ? signalName(signal, language) : "");
  return (
    <BlockTile title={title} tone={block.tone}>
      {missing ?? (signal ? <HeatMap block={block} signal={signal} title={title} /> : null)}
    </BlockTile>
  );
}

interface InnerProps {
  block: ComponentProps<HeatMapProps>;
  signal: Signal;
  title: string;
}

function HeatMap({ block, signal, title }: InnerProps) {
  const { props, text } = block;
  const { language, t } = useLocale();
  const now = useServerNow(RENEW_MS);
  const days = props.days ?? 7;
  const fn = props.fn ?? "max";
  const { from, to } = dayWindow(now, days);
  const window = useMemo(() => ({ from, to, live: false }), [from, to]);
  const choice = useMemo(() => ({ kind: "fixed" as const, from, to: Math.min(to, now) }), [from, to, now]);
  const ids = useMemo(() => (signal.tag ? [signal.tag.id] : []), [signal]);
  const feed = useHistory(ids, choice, window, Math.min(POINTS_MAX, days * 24 * PARTS));
  const format = useFormatter(signal, props.decimals);
  const count = (value: Value) => {
    const text = typeof value === "number" ? formatNumber(value, 0, language) : format(value).text;
    return { text, unit: "", word: false };
  };
  const track = feed.tracks.get(signal.tag?.id ?? Number.NaN);
  // biome-ignore lint/correctness/useExhaustiveDependencies: tracks grow in place, the version says when.
  const rows = useMemo(
    () => (track ? hourRows(track, window, Math.min(now, to), fn) : []),
    [track, feed.version, window, now, fn],
  );
  if (feed.error && !track)
    return <Said icon="warn" title={t("chart.error")} hint={describeError(feed.error, t)} level="error" />;
  if (feed.loading && !track) return <Skeleton width="100%" height="100%" />;
  if (rows.every((row) => row.hours.every((cell) => cell.value === null)))
    return <Said icon="trend" title={text("none")} level="empty" />;
  const note = fn === "mean" && track?.reduced ? text("about") : "";
  return (
    <Grid rows={rows} title={title} format={fn === "changes" ? count : format} text={text} note={note} />
  );
}
