import {
  BlockTile,
  type ComponentProps,
  type LocalText,
  localText,
  signalName,
  Trend,
  useLocale,
  useMissing,
  useRange,
} from "@sdk";

export interface TrendViewProps {
  title?: LocalText;
  y_min?: number;
  y_max?: number;
  show_limits?: boolean;
}

export default function TrendView({ props, inputs, tone, enabled }: ComponentProps<TrendViewProps>) {
  const { language } = useLocale();
  const { choice, setChoice } = useRange();
  const signals = inputs.series ?? [];
  const missing = useMissing(signals);
  const title = localText(props.title, language) || (signals[0] ? signalName(signals[0], language) : "");
  return (
    <BlockTile title={title} tone={tone}>
      {missing ?? (
        <Trend
          signals={signals}
          choice={choice}
          nameless={title !== "" && signals.length === 1}
          onZoom={enabled ? (from, to) => setChoice({ kind: "fixed", from, to }) : undefined}
          showLimits={props.show_limits !== false}
          fixed={{ min: props.y_min, max: props.y_max }}
        />
      )}
    </BlockTile>
  );
}
