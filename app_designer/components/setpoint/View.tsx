import {
  BlockTile,
  Button,
  type ComponentProps,
  type EntryProblem,
  entryLimits,
  type LocalText,
  limitProblem,
  limitWarning,
  localText,
  NumberEntry,
  Outcome,
  QualityMark,
  rangeText,
  readNumber,
  type Signal,
  signalMeta,
  signalName,
  toPlot,
  useCommand,
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
  if (signal) return <Bound {...given} signal={signal} title={title} />;
  return (
    <BlockTile title={title}>
      <span className={css.hint} data-state="unbound" title={t("not_bound_hint")}>
        {t("not_bound")}
      </span>
    </BlockTile>
  );
}

function Bound(given: Props & { signal: Signal; title: string }) {
  const { signal, title, targets, enabled, write, emit, output, props } = given;
  const t = useFieldTexts();
  const id = useId();
  const state = useSignal(signal);
  const shown = useFormatter(signal, props.decimals)(state.value);
  const limits = entryLimits(signalMeta(targets.target ?? signal), props);
  const [typed, setTyped] = useState("");
  const command = useCommand(write, "target");
  const readback = useReadback(state.value, command.state, limits.decimals);
  const read = readNumber(typed);
  const problem = problemOf(read, typed, limits);
  const warning = read.kind === "number" && !problem ? limitWarning(read.value, limits) : null;
  const usable = enabled && targets.target !== undefined && command.state.phase !== "pending";
  const ready = usable && read.kind === "number" && problem === null;
  const apply = async () => {
    if (!ready || read.kind !== "number") return;
    const outcome = await command.send(read.value);
    if (outcome?.status !== "done") return;
    output("last_sent", read.value);
    emit("change", { value: read.value });
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
          start={toPlot(state.value)}
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
          rangeText(limits, t)
        )}
      </span>
    </BlockTile>
  );
}

function Said({ problem }: { problem: EntryProblem | null }) {
  const t = useFieldTexts();
  return problem ? <span role="alert">{t(problem.text, problem.values)}</span> : null;
}

function problemOf(
  read: ReturnType<typeof readNumber>,
  text: string,
  limits: ReturnType<typeof entryLimits>,
): EntryProblem | null {
  if (read.kind === "empty") return null;
  if (read.kind !== "number") return { text: read.kind, values: { text } };
  if (limits.decimals === 0 && !Number.isInteger(read.value)) return { text: "integer" };
  return limitProblem(read.value, limits);
}
