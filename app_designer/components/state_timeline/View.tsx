import {
  BlockTile,
  type ComponentProps,
  describeError,
  Lane,
  LaneAxis,
  LaneLegend,
  type LocalText,
  localText,
  Said,
  Skeleton,
  signalName,
  useLanes,
  useLocale,
  useMissing,
  useRange,
  useSize,
  useWindow,
} from "@sdk";
import css from "./View.module.css";

export interface StateTimelineProps {
  title?: LocalText;
  show_legend?: boolean;
  show_axis?: boolean;
}

const POINTS = 400;
const LABEL_PX = 80;

export default function StateTimelineView({ props, inputs, tone }: ComponentProps<StateTimelineProps>) {
  const { language } = useLocale();
  const signals = inputs.states ?? NONE;
  const missing = useMissing(signals);
  const title = localText(props.title, language) || (signals[0] ? signalName(signals[0], language) : "");
  return (
    <BlockTile title={title} tone={tone}>
      {missing ?? <Timeline signals={signals} props={props} />}
    </BlockTile>
  );
}

const NONE: never[] = [];

type Signals = ComponentProps["inputs"][string];

function Timeline({ signals, props }: { signals: Signals; props: StateTimelineProps }) {
  const { t } = useLocale();
  const { choice } = useRange();
  const window = useWindow(choice, POINTS);
  const { rows, feed } = useLanes(signals, choice, window, POINTS);
  const { ref, width } = useSize<HTMLSpanElement>();
  if (feed.error && feed.tracks.size === 0)
    return <Said icon="warn" title={t("chart.error")} hint={describeError(feed.error, t)} level="error" />;
  if (feed.loading && feed.tracks.size === 0) return <Skeleton width="100%" height="100%" />;
  if (rows.every((row) => row.segments.length === 0))
    return <Said icon="trend" title={t("chart.empty")} hint={t("chart.empty_hint")} level="empty" />;
  return (
    <span className={css.timeline} data-one={rows.length === 1}>
      <span className={css.rows}>
        {rows.map((row) => (
          <span key={row.signal.key} className={css.row}>
            {rows.length > 1 ? (
              <span className={`${css.name} truncate`} title={row.name}>
                {row.name}
              </span>
            ) : null}
            <Lane row={row} window={window} />
          </span>
        ))}
      </span>
      {props.show_axis !== false ? (
        <span className={css.axis} ref={ref}>
          <LaneAxis window={window} most={Math.max(2, Math.floor(width / LABEL_PX))} />
        </span>
      ) : null}
      {props.show_legend !== false ? (
        <span className={css.legend}>
          <LaneLegend rows={rows} />
        </span>
      ) : null}
    </span>
  );
}
