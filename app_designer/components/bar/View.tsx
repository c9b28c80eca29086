import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  ReadingMark,
  ReadingNumber,
  type Scale,
  type Signal,
  type SteadyReading,
  scaleOf,
  signalMeta,
  signalName,
  useLocale,
  useMeter,
  useMissing,
  useOpenDetail,
  useSteadyReading,
} from "@sdk";
import { useEffect, useMemo } from "react";
import { BarScale } from "./BarScale";
import css from "./View.module.css";

export interface BarProps {
  title?: LocalText;
  orientation?: "auto" | "horizontal" | "vertical";
  min?: number;
  max?: number;
  show_limits?: boolean;
  decimals?: number;
}

export default function BarView(block: ComponentProps<BarProps>) {
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
  return <Bar title={title} block={block} signal={signal} />;
}

function Bar({ title, block, signal }: { title: string; block: ComponentProps<BarProps>; signal: Signal }) {
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
      <span className={css.bar} data-orientation={props.orientation ?? "auto"}>
        <span className={css.words} aria-hidden={scale !== null}>
          <ReadingNumber reading={reading} />
          <ReadingMark reading={reading} />
        </span>
        <Meter title={title} reading={reading} scale={scale} limits={props.show_limits !== false} />
      </span>
    </BlockTile>
  );
}

interface MeterProps {
  title: string;
  reading: SteadyReading;
  scale: Scale | null;
  limits: boolean;
}

function Meter({ title, reading, scale, limits }: MeterProps) {
  const meter = useMeter(reading, scale, title);
  if (!scale) return null;
  return (
    <span className={css.meter} {...meter}>
      <BarScale scale={scale} reading={reading} limits={limits} />
    </span>
  );
}
