import {
  type ComponentProps,
  formatDuration,
  type LocalText,
  localText,
  QualityMark,
  type Signal,
  type SignalState,
  Skeleton,
  StateShape,
  signalName,
  stateVariable,
  Tile,
  textKey,
  useFormatter,
  useLocale,
  useOpenDetail,
  useServerNow,
  useSignal,
} from "@sdk";
import type { CSSProperties } from "react";
import { type StateSince, useSince } from "./since";
import css from "./View.module.css";

export interface StateTileProps {
  title?: LocalText;
  show_since?: boolean;
}

export default function StateTileView({ props, inputs, emit }: ComponentProps<StateTileProps>) {
  const { language } = useLocale();
  const signal = inputs.value?.[0];
  const title =
    localText(props.title, language) || signal?.assetName || (signal ? signalName(signal, language) : "");
  if (!signal) return <Tile title={title}>{null}</Tile>;
  return <StateTile title={title} props={props} signal={signal} detail={inputs.detail?.[0]} emit={emit} />;
}

interface TileProps {
  title: string;
  props: StateTileProps;
  signal: Signal;
  detail: Signal | undefined;
  emit: ComponentProps["emit"];
}

function StateTile({ title, props, signal, detail, emit }: TileProps) {
  const open = useOpenDetail();
  const state = useSignal(signal);
  const shown = useFormatter(signal)(state.value);
  const { assessment, sample, value } = state;
  const since = useSince(signal, assessment.current ? sample : null);
  const tone = stateVariable(value === null ? null : signal.tag?.meta.colors?.[textKey(value)]);
  const waiting = assessment.level === "no_data" && signal.tag !== null;
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value }) && id !== undefined) open(id);
  };
  const style = { "--fill": `var(${tone.fill})`, "--ink": `var(${tone.text})` } as CSSProperties;
  return (
    <Tile
      title={title}
      hatched={!assessment.current && !waiting && assessment.level !== "waiting"}
      onPress={id === undefined ? undefined : press}
    >
      {waiting ? (
        <Skeleton width="100%" height="34px" />
      ) : (
        <span className={css.plate} style={style} data-current={assessment.current}>
          {value === null ? null : <StateShape shape={tone.shape} />}
          {value === null && state.lastGood ? (
            <LastGood signal={signal} last={state.lastGood} />
          ) : (
            <span className="truncate" title={shown.text}>
              {shown.text}
            </span>
          )}
        </span>
      )}
      <span className={css.line}>
        {assessment.level === "good" && props.show_since !== false && since ? <Since since={since} /> : null}
        <QualityMark assessment={assessment} sample={sample} />
        {detail && assessment.current ? <Detail signal={detail} /> : null}
      </span>
    </Tile>
  );
}

function Since({ since }: { since: StateSince }) {
  const { t } = useLocale();
  const now = useServerNow(1000);
  const age = formatDuration(now - since.ts, t);
  return <span className={css.since}>{t(since.exact ? "state.since" : "state.since_over", { age })}</span>;
}

/** For a bad value: the state it last was in, and how long ago. */
function LastGood({ signal, last }: { signal: Signal; last: NonNullable<SignalState["lastGood"]> }) {
  const { t } = useLocale();
  const now = useServerNow(1000);
  const value = useFormatter(signal)(last.v).text;
  const words = t("state.last_good", { value, age: formatDuration(now - last.ts, t) });
  return (
    <span className={`${css.last} truncate`} title={words}>
      {words}
    </span>
  );
}

/** The second line, such as the cause of a stop; nothing when there is none. */
function Detail({ signal }: { signal: Signal }) {
  const { value, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  if (!assessment.current || value === 0 || value === "0" || value === "" || value === false) return null;
  return (
    <span className={`${css.detail} truncate`} title={shown.text}>
      {shown.text}
    </span>
  );
}
