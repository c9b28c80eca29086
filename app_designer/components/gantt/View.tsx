import {
  BlockTile,
  type ComponentProps,
  describeError,
  LaneAxis,
  LaneLegend,
  type LocalText,
  localText,
  Said,
  Skeleton,
  useLanes,
  useLocale,
  useMissing,
  useRange,
  useSize,
  useWindow,
} from "@sdk";
import { GanttRow } from "./GanttRow";
import css from "./View.module.css";
import { useZoom, ZoomButtons } from "./zoom";

export interface GanttProps {
  title?: LocalText;
  share_of?: "running" | "idle" | "stopped" | "fault";
  show_legend?: boolean;
}

const POINTS = 400;
const LABEL_PX = 80;
const NONE: never[] = [];

export default function GanttView(block: ComponentProps<GanttProps>) {
  const { props, inputs, tone, enabled, text } = block;
  const { language } = useLocale();
  const signals = inputs.machines ?? NONE;
  const missing = useMissing(signals);
  const aside = missing ? null : <ZoomButtons text={text} enabled={enabled} />;
  return (
    <BlockTile title={localText(props.title, language)} tone={tone} aside={aside}>
      {missing ?? <Gantt block={block} />}
    </BlockTile>
  );
}

function Gantt({ block }: { block: ComponentProps<GanttProps> }) {
  const { props, inputs, text, enabled } = block;
  const { t } = useLocale();
  const { choice } = useRange();
  const window = useWindow(choice, POINTS);
  const { rows, feed } = useLanes(inputs.machines ?? NONE, choice, window, POINTS);
  const { ref, width } = useSize<HTMLSpanElement>();
  const zoom = useZoom(window, enabled);
  if (feed.error && feed.tracks.size === 0)
    return <Said icon="warn" title={t("chart.error")} hint={describeError(feed.error, t)} level="error" />;
  if (feed.loading && feed.tracks.size === 0) return <Skeleton width="100%" height="100%" />;
  if (rows.every((row) => row.segments.length === 0))
    return <Said icon="trend" title={t("chart.empty")} hint={t("chart.empty_hint")} level="empty" />;
  return (
    <span className={css.gantt}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset cannot take the keys of a chart. */}
      <span
        className={css.rows}
        role="group"
        tabIndex={0}
        aria-label={text("help")}
        onKeyDown={zoom.onKeyDown}
      >
        {rows.map((row) => (
          <GanttRow
            key={row.signal.key}
            row={row}
            window={window}
            meaning={props.share_of ?? "running"}
            text={text}
            zoom={zoom}
          />
        ))}
      </span>
      <span className={css.axis} ref={ref}>
        <LaneAxis window={window} most={Math.max(2, Math.floor(width / LABEL_PX))} />
      </span>
      {props.show_legend !== false ? (
        <span className={css.legend}>
          <LaneLegend rows={rows} />
        </span>
      ) : null}
    </span>
  );
}
