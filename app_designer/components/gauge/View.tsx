import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  type Reading,
  ReadingMark,
  type Scale,
  type Signal,
  Skeleton,
  type SteadyReading,
  type SteadySource,
  scaleOf,
  signalMeta,
  signalName,
  useDrawn,
  useFormatter,
  useLocale,
  useMeter,
  useMissing,
  useOpenDetail,
  useSteadyReading,
} from "@sdk";
import { useEffect, useMemo } from "react";
import { Arc } from "./Arc";
import css from "./View.module.css";

export interface GaugeProps {
  title?: LocalText;
  min?: number;
  max?: number;
  show_limits?: boolean;
  decimals?: number;
}

export default function GaugeView(block: ComponentProps<GaugeProps>) {
  const { language } = useLocale();
  const signal = block.inputs.value?.[0];
  const missing = useMissing(block.inputs.value ?? []);
  const title = localText(block.props.title, language) || (signal ? signalName(signal, language) : "");
  if (!signal || missing) {
    return (
      <BlockTile title={title} tone={block.tone}>
        {missing}
      </BlockTile>
    );
  }
  return <Gauge title={title} block={block} signal={signal} />;
}

function Gauge({
  title,
  block,
  signal,
}: {
  title: string;
  block: ComponentProps<GaugeProps>;
  signal: Signal;
}) {
  const { props, emit, output, enabled, tone } = block;
  const open = useOpenDetail();
  const reading = useSteadyReading(signal, props.decimals);
  const { level, steady } = reading;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the level alone is told, not each new `output`.
  useEffect(() => output("level", level), [level]);
  const { min, max } = props;
  const scale = useMemo(() => scaleOf(signalMeta(signal), { min, max }), [signal, min, max]);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: steady.now().state.value }) && id !== undefined) open(id);
  };
  return (
    <BlockTile title={title} tone={tone} hatched={reading.hatched} onPress={press} enabled={enabled}>
      <Dial reading={reading} scale={scale} title={title} limits={props.show_limits !== false} />
      <span className={css.foot}>
        <ReadingMark reading={reading} />
      </span>
    </BlockTile>
  );
}

interface DialProps {
  reading: SteadyReading;
  scale: Scale | null;
  title: string;
  limits: boolean;
}

function Dial({ reading, scale, title, limits }: DialProps) {
  const { shown, state, number, signal, loading, steady } = reading;
  const meter = useMeter(reading, scale, title);
  const format = useFormatter(signal, 0);
  const ends = scale ? [scale.min, scale.max].map((end) => format(end).text) : [];
  return (
    <span className={css.dial} {...meter}>
      <Arc scale={scale} pointer={number === null ? null : steady} limits={limits} />
      <span className={css.reading} aria-hidden="true">
        {loading ? (
          <Skeleton width="48px" height="24px" />
        ) : (
          <DialNumber source={steady} current={state.assessment.current} />
        )}
        <span className={css.unit}>{state.value === null ? "" : shown.unit}</span>
      </span>
      {ends.map((end, index) => (
        <span key={index === 0 ? "min" : "max"} className={css.end} data-end={index === 0 ? "min" : "max"}>
          {end}
        </span>
      ))}
    </span>
  );
}

/** More characters than this get a smaller size. */
const LONG = 5;

function writeNumber(span: HTMLSpanElement, { shown: { text } }: Reading): void {
  const node = span.firstChild instanceof Text ? span.firstChild : span.appendChild(new Text());
  if (node.data === text) return;
  node.data = text;
  const long = text.length > LONG;
  if (span.dataset.long !== String(long)) span.dataset.long = String(long);
  // What is short is never cut off.
  if (long) span.title = text;
  else if (span.title) span.removeAttribute("title");
}

function DialNumber({ source, current }: { source: SteadySource; current: boolean }) {
  return (
    <span className={css.number} data-current={current}>
      <span ref={useDrawn(source, writeNumber)} className={css.alone} />
    </span>
  );
}
