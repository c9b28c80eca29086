import {
  Button,
  type ComponentProps,
  type EntryProblem,
  entryLimits,
  type LocalText,
  limitProblem,
  localText,
  NumberPad,
  Outcome,
  rangeText,
  readNumber,
  signalMeta,
  signalName,
  Tile,
  useCommand,
  useFieldTexts,
  useLocale,
} from "@sdk";
import { useEffect, useState } from "react";
import css from "./View.module.css";

export interface NumberPadProps {
  title?: LocalText;
  unit?: string;
  min?: number;
  max?: number;
  decimals?: number;
  clear_after?: boolean;
}

export default function NumberPadView(given: ComponentProps<NumberPadProps>) {
  const { props, targets, emit, output, write, enabled } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const [typed, setTyped] = useState("");
  const command = useCommand(write, "target");
  const target = targets.target;
  const limits = entryLimits(target ? signalMeta(target) : {}, props);
  const title =
    localText(props.title, language) || (target ? signalName(target, language) : given.text("title"));
  const read = readNumber(typed);
  const value = read.kind === "number" ? read.value : null;
  const problem: EntryProblem | null =
    read.kind === "not_a_number" || read.kind === "ambiguous"
      ? { text: read.kind, values: { text: typed } }
      : value === null
        ? null
        : limitProblem(value, limits);
  const ready = enabled && value !== null && problem === null && command.state.phase !== "pending";
  useEffect(() => output("value", problem ? null : value), [output, value, problem]);
  const enter = async () => {
    if (!ready || value === null) return;
    emit("enter", { value });
    const outcome = target ? await command.send(value) : null;
    if (props.clear_after !== false && (!target || outcome?.status === "done")) setTyped("");
  };
  const type = (next: string) => {
    setTyped(next);
    if (command.state.phase !== "pending") command.clear();
  };
  return (
    <Tile title={title}>
      <output className={css.readout} data-state={!enabled ? "disabled" : problem ? "invalid" : "ready"}>
        <span className="truncate">{typed || "–"}</span>
        {limits.unit ? <span className={css.unit}>{limits.unit}</span> : null}
      </output>
      <span className={css.say} data-bad={problem !== null}>
        {!enabled ? (
          t("not_enabled")
        ) : problem ? (
          <span role="alert">{t(problem.text, problem.values)}</span>
        ) : command.state.phase !== "idle" ? (
          <Outcome state={command.state} />
        ) : (
          rangeText(limits, t)
        )}
      </span>
      <div className={css.keys}>
        <NumberPad
          text={typed}
          onText={type}
          decimals={props.decimals !== 0}
          negative={limits.min === null || limits.min < 0}
          disabled={!enabled}
        />
        <Button look="primary" className={css.enter ?? ""} disabled={!ready} onClick={() => void enter()}>
          {given.text("enter")}
        </Button>
      </div>
    </Tile>
  );
}
