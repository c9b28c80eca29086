import {
  BlockTile,
  type ComponentProps,
  formatDuration,
  type LocalText,
  localText,
  QualityMark,
  type Signal,
  type SignalState,
  Skeleton,
  StateShape,
  signalMeta,
  signalName,
  stateVariable,
  textKey,
  useFormatter,
  useLocale,
  useMissing,
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

export default function StateTileView(block: ComponentProps<StateTileProps>) {
  const { props, inputs, tone } = block;
  const { language } = useLocale();
  const signal = inputs.value?.[0];
  const missing = useMissing(inputs.value ?? []);
  const title =
    localText(props.title, language) || signal?.assetName || (signal ? signalName(signal, language) : "");
  if (!signal || missing) {
    return (
      <BlockTile title={title} tone={tone}>
        {missing}
      </BlockTile>
    );
  }
  return <StateTile title={title} block={block} signal={signal} detail={inputs.detail?.[0]} />;
}

interface TileProps {
  title: string;
  block: ComponentProps<StateTileProps>;
  signal: Signal;
  detail: Signal | undefined;
}

function StateTile({ title, block, signal, detail }: TileProps) {
  const { props, emit, enabled } = block;
  const open = useOpenDetail();
  const state = useSignal(signal);
  const shown = useFormatter(signal)(state.value);
  const { assessment, sample, value } = state;
  const since = useSince(signal, assessment.current ? sample : null);
  const tone = stateVariable(value === null ? null : signalMeta(signal).colors?.[textKey(value)]);
  const waiting = assessment.level === "no_data" && (signal.tag !== null || signal.cell !== undefined);
  const id = signal.tag?.id;
  const press = () => {
    if (!emit("press", { value }) && id !== undefined) open(id);
  };
  const style = { "--fill": `var(${tone.fill})`, "--ink": `var(${tone.text})` } as CSSProperties;
  return (
    <BlockTile
      title={title}
      tone={block.tone}
      hatched={!assessment.current && !waiting && assessment.level !== "waiting"}
      onPress={press}
      enabled={enabled}
    >
      {waiting ? (
        <Skeleton width="100%" height="34px" />
      ) : (
        <span className={css.plate} style={style} data-current={assessment.current}>
          <span className={css.inside}>
            {value === null ? null : <StateShape shape={tone.shape} />}
            {value === null && state.lastGood ? (
              <LastGood signal={signal} last={state.lastGood} />
            ) : (
              <span className="truncate" title={shown.text}>
                {shown.text}
              </span>
            )}
          </span>
        </span>
      )}
      <span className={css.under}>
        <span className={css.line}>
          {assessment.level === "good" && props.show_since !== false && since ? (
            <Since since={since} />
          ) : null}
          <QualityMark assessment={assessment} sample={sample} />
          {detail && assessment.current ? <Detail signal={detail} /> : null}
        </span>
      </span>
    </BlockTile>
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
