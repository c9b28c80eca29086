import {
  type ComponentProps,
  formatDuration,
  type LocalText,
  localText,
  QualityMark,
  type Signal,
  type SignalState,
  Skeleton,
  signalName,
  Tile,
  toPlot,
  useFormatter,
  useLocale,
  useOpenDetail,
  useServerNow,
  useSignal,
} from "@sdk";
import { Band, bandOf } from "./Band";
import { Spark } from "./Spark";
import css from "./View.module.css";

export interface ValueProps {
  title?: LocalText;
  decimals?: number;
  show_band?: boolean;
  show_spark?: boolean;
}

export default function ValueView({ props, inputs, emit }: ComponentProps<ValueProps>) {
  const signal = inputs.value?.[0];
  const title = useTitle(props, signal ?? null);
  if (!signal) return <Tile title={title}>{null}</Tile>;
  return <ValueTile title={title} props={props} signal={signal} emit={emit} />;
}

function useTitle(props: ValueProps, signal: Signal | null): string {
  const { language } = useLocale();
  return localText(props.title, language) || (signal ? signalName(signal, language) : "");
}

/** More characters than this get a smaller size in a narrow tile. */
const LONG = 6;

interface TileProps {
  title: string;
  props: ValueProps;
  signal: Signal;
  emit: ComponentProps["emit"];
}

function ValueTile({ title, props, signal, emit }: TileProps) {
  const open = useOpenDetail();
  const state = useSignal(signal);
  const format = useFormatter(signal, props.decimals);
  const { assessment } = state;
  const shown = format(state.value);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value: state.value }) && id !== undefined) open(id);
  };
  const waiting = assessment.level === "no_data" && signal.tag !== null;
  const hatched = !assessment.current && !waiting && assessment.level !== "waiting";
  return (
    <Tile title={title} hatched={hatched} onPress={id === undefined ? undefined : press}>
      <span className={css.row}>
        {waiting ? (
          <Skeleton width="60%" height="28px" />
        ) : (
          <>
            <span
              className={`${css.number} truncate`}
              data-current={assessment.current}
              data-word={shown.word}
              data-past={state.value === null && state.lastGood !== null}
              data-long={shown.text.length > LONG}
              title={shown.text}
            >
              {shown.text}
            </span>
            {state.value !== null && shown.unit ? <span className={css.unit}>{shown.unit}</span> : null}
            <LastGood state={state} format={format} />
          </>
        )}
      </span>
      {assessment.word && !waiting ? (
        <span className={css.foot}>
          <QualityMark assessment={assessment} sample={state.sample} />
        </span>
      ) : (
        <Picture signal={signal} value={toPlot(state.value)} props={props} />
      )}
    </Tile>
  );
}

/** What stands under a good number: its course, or its place in its span. A mark takes the same place. */
function Picture({ signal, value, props }: { signal: Signal; value: number | null; props: ValueProps }) {
  const band = props.show_band !== false ? bandOf(signal.tag?.meta ?? null) : null;
  return (
    <>
      {props.show_spark ? <Spark signal={signal} /> : null}
      {band ? <Band band={band} value={value} /> : null}
    </>
  );
}

/** For a bad value: what it last was, and how long ago. */
function LastGood({ state, format }: { state: SignalState; format: ReturnType<typeof useFormatter> }) {
  const { t } = useLocale();
  const { value, lastGood } = state;
  const shown = value === null && lastGood !== null;
  const now = useServerNow(shown ? 1000 : 0);
  if (!shown) return null;
  const { text, unit } = format(lastGood.v);
  const age = formatDuration(now - lastGood.ts, t);
  // The unit is the first to go where room is short: the heading and the good value have it.
  const words = t("state.last_good", { value: text, age });
  const whole = t("state.last_good", { value: unit ? `${text} ${unit}` : text, age });
  return (
    <span className={`${css.last} truncate`} title={whole}>
      {words}
    </span>
  );
}
