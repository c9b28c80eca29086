import type { CSSProperties, ReactNode } from "react";
import type { LocalText, Value } from "../api/types";
import { type Signal, signalMeta, signalName } from "../bindings/signal";
import { type StateTone, stateVariable } from "../chart/states";
import type { ComponentProps } from "../component";
import { useLocale, useMimicGeometry } from "../context";
import { optionKey } from "../fields/options";
import { textKey } from "../format/number";
import { type SignalState, useFormatter, useSignal } from "../hooks/live";
import { localText } from "../i18n/catalogue";
import { QualityMark } from "../ui/QualityMark";
import { StateShape } from "../ui/StateShape";
import { turnOf } from "./place";
import css from "./symbols.module.css";

export interface SymbolState {
  value: Value;
  label?: LocalText;
  tone?: string;
}

/** What every symbol can be set to. */
export interface SymbolProps {
  name?: LocalText;
  rotate?: "0" | "90" | "180" | "270";
  flip_x?: boolean;
  flip_y?: boolean;
  show_word?: boolean;
  states?: SymbolState[];
}

/** What a drawing is told: how it is filled is done by CSS variables. */
export interface Drawn {
  /** It runs (or is open, or carries something): the drawing shows it by its fill. */
  active: boolean;
  /** Its meaning, for parts that look different. */
  meaning: string;
  value: Value;
}

interface ViewProps {
  given: ComponentProps<SymbolProps>;
  draw: (drawn: Drawn) => ReactNode;
  /** The drawing takes any proportions, also off a mimic: a belt, a vessel. */
  stretches?: boolean;
}

const UNKNOWN = "unknown";
const KNOWN = ["running", "idle", "stopped", "fault", "setup", "off", "attention", "neutral"];

/** The meaning of a state: as the block says, else the tag's colours, else that of a plain on or off. */
export function meaningOf(value: Value, states: readonly SymbolState[], signal: Signal | undefined): string {
  if (value === null) return UNKNOWN;
  const own = states.find((state) => optionKey(state.value) === optionKey(value))?.tone;
  const found = own ?? signalMeta(signal as Signal).colors?.[textKey(value)];
  if (found) return KNOWN.includes(found) ? found : "neutral";
  return value === false || value === 0 || value === "0" || value === "" ? "off" : "running";
}

/** A symbol of a mimic: its drawing in grey, its state by fill, shape and word, and a value under it. */
export function SymbolView({ given, draw, stretches = false }: ViewProps) {
  const signal = given.inputs.state?.[0];
  if (signal) return <Stateful given={given} draw={draw} stretches={stretches} signal={signal} />;
  const measured = given.inputs.level?.[0] ?? given.inputs.value?.[0];
  if (measured) return <Measured given={given} draw={draw} stretches={stretches} signal={measured} />;
  return <Plain given={given} draw={draw} stretches={stretches} known />;
}

/** Without a state: what it measures is not known, so it does not look as if it were (a tank not as if empty). */
function Measured({ signal, ...view }: ViewProps & { signal: Signal }) {
  return <Plain {...view} known={useSignal(signal).assessment.current} />;
}

function Plain({ given, draw, stretches = false, known }: ViewProps & { known: boolean }) {
  const meaning = known ? (given.tone ?? "neutral") : UNKNOWN;
  return (
    <Frame
      given={given}
      stretches={stretches}
      meaning={meaning}
      drawing={draw({ active: false, meaning, value: null })}
      word=""
    />
  );
}

function Stateful({ given, draw, signal, stretches = false }: ViewProps & { signal: Signal }) {
  const { language } = useLocale();
  const state = useSignal(signal);
  const shown = useFormatter(signal)(state.value);
  const states = given.props.states ?? [];
  const current = state.assessment.current;
  const found = meaningOf(state.value, states, signal);
  const meaning = current ? (given.tone ?? found) : UNKNOWN;
  const own = states.find((one) => optionKey(one.value) === optionKey(state.value));
  const isNamed = shown.word && typeof state.value !== "boolean";
  const fallback = KNOWN.includes(found) ? given.text(`state_${found}`) : shown.text;
  const word =
    state.value === null
      ? ""
      : localText(own?.label, language) || (isNamed || found === "neutral" ? shown.text : fallback);
  const active =
    current && meaning !== "off" && meaning !== "stopped" && meaning !== "idle" && meaning !== UNKNOWN;
  return (
    <Frame
      stretches={stretches}
      given={given}
      meaning={meaning}
      word={word}
      state={state}
      signal={signal}
      drawing={draw({ active, meaning, value: state.value })}
    />
  );
}

interface FrameProps {
  stretches: boolean;
  given: ComponentProps<SymbolProps>;
  meaning: string;
  word: string;
  drawing: ReactNode;
  state?: SignalState;
  signal?: Signal;
}

function Frame({ given, meaning, word, drawing, state, signal, stretches }: FrameProps) {
  const { props, emit, inputs, text } = given;
  const { language, t } = useLocale();
  const name =
    localText(props.name, language) ||
    signal?.assetName ||
    (signal ? signalName(signal, language) : "") ||
    text("name");
  const tone = stateVariable(meaning === UNKNOWN ? null : meaning);
  const { flip_x, flip_y, quarters } = turnOf(props);
  const quality = state?.assessment.word ? t(state.assessment.word) : "";
  const label = [name, word, quality].filter(Boolean).join(", ");
  const style = { "--fill": `var(${tone.fill})`, "--ink": `var(${tone.text})` } as CSSProperties;
  const value = inputs.value?.[0];
  const words = props.show_word !== false;
  const isNamed = Boolean(props.name && state) || !(word || (state && !state.assessment.current));
  // On a mimic pipes meet the drawing at shares of its box; elsewhere nothing is fastened and it keeps its shape.
  const isPlaced = useMimicGeometry() !== null;
  const isFree = isPlaced || stretches;
  return (
    <button
      type="button"
      className={css.symbol}
      style={style}
      data-state={meaning}
      data-level={state?.assessment.level ?? "good"}
      data-words={words}
      data-placed={isPlaced}
      title={label}
      onClick={() => emit("press", { value: state?.value ?? null })}
    >
      <svg
        className={css.drawing}
        viewBox="0 0 100 100"
        preserveAspectRatio={isFree ? "none" : "xMidYMid meet"}
        aria-hidden="true"
      >
        <g
          transform={`rotate(${quarters * 90} 50 50) translate(50 50) scale(${flip_x ? -1 : 1} ${flip_y ? -1 : 1}) translate(-50 -50)`}
        >
          {drawing}
        </g>
      </svg>
      {/* The name of the button is what can be read on it, with its name in front where that is not shown. */}
      <span className="visually-hidden">{words ? (isNamed ? "" : `${name},`) : label}</span>{" "}
      {words ? (
        <span className={css.words}>
          {props.name && state ? <span className={`${css.name} truncate`}>{name}</span> : null}{" "}
          {state && !state.assessment.current ? (
            <QualityMark assessment={state.assessment} sample={state.sample} />
          ) : word ? (
            <Word tone={tone} word={word} />
          ) : (
            <span className={`${css.name} truncate`}>{name}</span>
          )}
          {value ? <SymbolValue signal={value} /> : null}
        </span>
      ) : null}
    </button>
  );
}

function Word({ tone, word }: { tone: StateTone; word: string }) {
  return (
    <span className={css.word}>
      <StateShape shape={tone.shape} size={10} />
      <span className="truncate">{word}</span>
    </span>
  );
}

/** A number under the symbol, with its quality. */
function SymbolValue({ signal }: { signal: Signal }) {
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  return (
    <span className={css.value} data-current={assessment.current}>
      <strong>{shown.text}</strong>
      {value === null ? null : <span>{shown.unit}</span>}
      {assessment.current ? null : <QualityMark assessment={assessment} sample={sample} />}
    </span>
  );
}
