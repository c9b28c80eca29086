import {
  BlockTile,
  type ComponentProps,
  Icon,
  isIcon,
  type LocalText,
  localText,
  type Signal,
  StateShape,
  signalMeta,
  stateVariable,
  textKey,
  useFormatter,
  useLocale,
  useSignal,
} from "@sdk";
import { type CSSProperties, type ReactNode, useState } from "react";
import css from "./View.module.css";

export interface IconProps {
  icon?: string;
  label?: LocalText;
  tone?: string;
  frame?: boolean;
}

export default function IconView(block: ComponentProps<IconProps>) {
  const signal = block.inputs.state?.[0];
  if (signal) return <OfState block={block} signal={signal} />;
  return <Sign block={block} meaning={block.tone ?? block.props.tone ?? "neutral"} word="" current />;
}

function OfState({ block, signal }: { block: ComponentProps<IconProps>; signal: Signal }) {
  const { t } = useLocale();
  const { value, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const meaning = value === null ? null : (signalMeta(signal).colors?.[textKey(value)] ?? null);
  const word = assessment.current ? shown.text : t(assessment.word ?? "quality.bad");
  return (
    <Sign block={block} meaning={meaning} word={word} current={assessment.current} level={assessment.level} />
  );
}

interface SignProps {
  block: ComponentProps<IconProps>;
  meaning: string | null;
  word: string;
  current: boolean;
  level?: string;
}

function Sign({ block, meaning, word, current, level }: SignProps) {
  const { props, emit, enabled, mode } = block;
  const { language } = useLocale();
  const [pressable, setPressable] = useState(true);
  const label = localText(props.label, language);
  const tone = stateVariable(meaning);
  const style = { "--fill": `var(${tone.fill})`, "--ink": `var(${tone.text})` } as CSSProperties;
  const inside: ReactNode = (
    <span
      className={css.icon}
      data-state={meaning ?? "none"}
      data-level={level}
      data-current={current}
      style={style}
    >
      <span className={css.sign} data-plain={meaning === null || meaning === "neutral"}>
        <Icon name={isIcon(props.icon) ? props.icon : "question"} />
      </span>
      {label ? (
        <span className={`${css.label} truncate`} title={label}>
          {label}
        </span>
      ) : null}
      {word ? (
        <span className={css.word} title={word}>
          {current ? <StateShape shape={tone.shape} size={10} /> : <Icon name="cross" size={12} />}
          <span className="truncate">{word}</span>
        </span>
      ) : null}
    </span>
  );
  // An icon that does nothing when it is pressed is no button; the document alone knows.
  const press = () => {
    if (!emit("press")) setPressable(false);
  };
  const active = pressable && mode === "run" ? press : undefined;
  if (props.frame)
    return (
      <BlockTile title="" onPress={active} enabled={enabled}>
        {inside}
      </BlockTile>
    );
  if (!active) return <span className={css.bare}>{inside}</span>;
  return (
    <button
      type="button"
      className={css.bare}
      disabled={!enabled}
      aria-label={label || word || props.icon}
      onClick={press}
    >
      {inside}
    </button>
  );
}
