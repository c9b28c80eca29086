import {
  BlockTile,
  Button,
  type ComponentProps,
  type Entry,
  type EntryProblem,
  type LocalText,
  localText,
  NumberEntry,
  Outcome,
  QualityMark,
  rangeText,
  readNumber,
  type Signal,
  signalName,
  storedText,
  toPlot,
  useCommand,
  useEntry,
  useFieldTexts,
  useFormatter,
  useLocale,
  useReadback,
  useSignal,
} from "@sdk";
import { useId, useState } from "react";
import css from "./View.module.css";

export interface SetpointProps {
  title?: LocalText;
  min?: number;
  max?: number;
  step?: number;
  decimals?: number;
}

type Props = ComponentProps<SetpointProps>;

export default function SetpointView(given: Props) {
  const { language } = useLocale();
  const t = useFieldTexts();
  const signal = given.inputs.value?.[0] ?? given.targets.target;
  const title =
    localText(given.props.title, language) || (signal ? signalName(signal, language) : given.text("title"));
  const entry = useEntry(given.targets.target ?? signal, given.props);
  // What was typed in one unit is not read as another: with the unit the entry begins anew.
  if (signal) return <Bound key={entry.limits.unit} {...given} signal={signal} title={title} entry={entry} />;
  return (
    <BlockTile title={title}>
      <span className={css.hint} data-state="unbound" title={t("not_bound_hint")}>
        {t("not_bound")}
      </span>
    </BlockTile>
  );
}

function Bound(given: Props & { signal: Signal; title: string; entry: Entry }) {
  const { signal, title, entry, targets, enabled, write, emit, output, props } = given;
  const t = useFieldTexts();
  const id = useId();
  const state = useSignal(signal);
  const shown = useFormatter(signal, props.decimals)(state.value);
  const { limits } = entry;
  const [typed, setTyped] = useState("");
  const command = useCommand(write, "target");
  const readback = useReadback(state.value, command.state, entry.stored.decimals);
  const read = readNumber(typed);
  const problem = problemOf(read, typed, entry);
  const warning = read.kind === "number" && !problem ? entry.warning(read.value) : null;
  const present = toPlot(state.value);
  const usable = enabled && targets.target !== undefined && command.state.phase !== "pending";
  const ready = usable && read.kind === "number" && problem === null;
  const apply = async () => {
    if (!ready || read.kind !== "number") return;
    const value = entry.store(read.value);
    const outcome = await command.send(value);
    if (outcome?.status !== "done") return;
    output("last_sent", value);
    emit("change", { value });
    setTyped("");
  };
  const type = (next: string) => {
    setTyped(next);
    if (command.state.phase !== "pending") command.clear();
  };
  return (
    <BlockTile title={title} hatched={!state.assessment.current && state.assessment.level !== "waiting"}>
      <span className={css.present}>
        <span className={`${css.value} truncate`} data-current={state.assessment.current} title={shown.text}>
          {shown.text}
        </span>
        {state.value !== null ? <span className={css.unit}>{shown.unit}</span> : null}
        <span className={css.mark}>
          <QualityMark assessment={state.assessment} sample={state.sample} />
        </span>
      </span>
      <span className={css.row}>
        <NumberEntry
          id={id}
          label={`${title}: ${given.text("new_value")}`}
          text={typed}
          onText={type}
          limits={limits}
          start={present === null ? null : entry.show(present)}
          disabled={!usable}
          invalid={problem !== null}
          describedBy={`${id}-say`}
          onEnter={() => void apply()}
        />
        <Button look="primary" className={css.apply ?? ""} disabled={!ready} onClick={() => void apply()}>
          {t("apply")}
        </Button>
      </span>
      <span id={`${id}-say`} className={css.say} data-tone={problem ? "bad" : warning ? "warn" : "calm"}>
        {!enabled ? (
          <span title={t("not_enabled_hint")}>{t("not_enabled")}</span>
        ) : problem || warning ? (
          <Said problem={problem ?? warning} />
        ) : command.state.phase !== "idle" ? (
          <Outcome state={command.state} readback={readback} present={`${shown.text} ${shown.unit}`.trim()} />
        ) : (
          storedText(entry, typed, t) || rangeText(limits, t)
        )}
      </span>
    </BlockTile>
  );
}

function Said({ problem }: { problem: EntryProblem | null }) {
  const t = useFieldTexts();
  return problem ? <span role="alert">{t(problem.text, problem.values)}</span> : null;
}

function problemOf(read: ReturnType<typeof readNumber>, text: string, entry: Entry): EntryProblem | null {
  if (read.kind === "empty") return null;
  if (read.kind !== "number") return { text: read.kind, values: { text } };
  if (entry.stored.decimals === 0 && !Number.isInteger(entry.store(read.value))) return { text: "integer" };
  return entry.problem(read.value);
}
