import {
  type ComponentProps,
  type LocalText,
  localText,
  Notice,
  signalName,
  Tile,
  Trend,
  useLocale,
  useRange,
} from "@sdk";

export interface TrendViewProps {
  title?: LocalText;
  y_min?: number;
  y_max?: number;
  show_limits?: boolean;
}

export default function TrendView({ props, inputs }: ComponentProps<TrendViewProps>) {
  const { language, t } = useLocale();
  const { choice, setChoice } = useRange();
  const signals = inputs.series ?? [];
  const title = localText(props.title, language) || (signals[0] ? signalName(signals[0], language) : "");
  const missing = signals.every((signal) => !signal.tag);
  const first = signals[0];
  return (
    <Tile title={title}>
      {missing ? (
        <Notice
          icon="link"
          title={t("state.unmapped")}
          hint={t("state.unmapped_hint", {
            role: first?.role ?? "",
            asset: first?.assetName ?? first?.asset ?? "",
          })}
        />
      ) : (
        <Trend
          signals={signals}
          choice={choice}
          nameless={title !== "" && signals.length === 1}
          onZoom={(from, to) => setChoice({ kind: "fixed", from, to })}
          showLimits={props.show_limits !== false}
          fixed={{ min: props.y_min, max: props.y_max }}
        />
      )}
    </Tile>
  );
}
