import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  ReadingMark,
  ReadingNumber,
  type Signal,
  scaleOf,
  signalMeta,
  signalName,
  useLocale,
  useMissing,
  useOpenDetail,
  useSteadyReading,
} from "@sdk";
import { useEffect, useMemo } from "react";
import { Band } from "./Band";
import { Spark } from "./Spark";
import css from "./View.module.css";

export interface ValueProps {
  title?: LocalText;
  decimals?: number;
  show_band?: boolean;
  show_spark?: boolean;
}

export default function ValueView(block: ComponentProps<ValueProps>) {
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
  return <ValueTile title={title} block={block} signal={signal} />;
}

interface TileProps {
  title: string;
  block: ComponentProps<ValueProps>;
  signal: Signal;
}

function ValueTile({ title, block, signal }: TileProps) {
  const { props, emit, output, enabled, tone } = block;
  const open = useOpenDetail();
  const reading = useSteadyReading(signal, props.decimals);
  const { level, state, loading, steady } = reading;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the level alone is told, not each new `output`.
  useEffect(() => output("level", level), [level]);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: steady.now().state.value }) && id !== undefined) open(id);
  };
  const marked = loading || state.assessment.word !== null;
  const scale = useMemo(
    () => (props.show_band !== false ? scaleOf(signalMeta(signal)) : null),
    [props.show_band, signal],
  );
  const drawn = !marked && (props.show_spark || scale);
  return (
    <BlockTile light title={title} tone={tone} hatched={reading.hatched} onPress={press} enabled={enabled}>
      <ReadingNumber reading={reading} />
      {drawn && level === "normal" ? null : <ReadingMark reading={reading} />}
      {drawn && props.show_spark ? <Spark signal={signal} /> : null}
      {drawn && scale ? (
        <span className={css.under} data-marked={level !== "normal"}>
          <Band scale={scale} source={steady} />
        </span>
      ) : null}
    </BlockTile>
  );
}
