import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  ReadingMark,
  ReadingNumber,
  type Signal,
  signalName,
  useLocale,
  useMissing,
  useOpenDetail,
  useSteadyReading,
} from "@sdk";
import { Course } from "./Course";
import css from "./View.module.css";

export interface SparklineProps {
  title?: LocalText;
  decimals?: number;
  show_range?: boolean;
  show_limits?: boolean;
}

export default function SparklineView(block: ComponentProps<SparklineProps>) {
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
  return <Sparkline title={title} block={block} signal={signal} />;
}

interface InnerProps {
  title: string;
  block: ComponentProps<SparklineProps>;
  signal: Signal;
}

function Sparkline({ title, block, signal }: InnerProps) {
  const { props, emit, enabled, tone } = block;
  const open = useOpenDetail();
  const reading = useSteadyReading(signal, props.decimals);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: reading.steady.now().state.value }) && id !== undefined) open(id);
  };
  return (
    <BlockTile title={title} tone={tone} hatched={reading.hatched} onPress={press} enabled={enabled}>
      <span className={css.spark}>
        <span className={css.words}>
          <ReadingNumber reading={reading} />
          <ReadingMark reading={reading} />
        </span>
        <Course
          signal={signal}
          format={reading.format}
          band={props.show_limits !== false}
          range={props.show_range !== false}
        />
      </span>
    </BlockTile>
  );
}
