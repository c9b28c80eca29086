import {
  Button,
  type ComponentProps,
  type Entry,
  type EntryProblem,
  type LocalText,
  localText,
  NumberPad,
  Outcome,
  rangeText,
  readNumber,
  signalName,
  storedText,
  Tile,
  useCommand,
  useEntry,
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

type Props = ComponentProps<NumberPadProps>;

export default function NumberPadView(given: Props) {
  const entry = useEntry(given.targets.target, given.props);
  // What was typed in one unit is not read as another: with the unit the entry begins anew.
  return <Pad key={entry.limits.unit} {...given} entry={entry} />;
}

function Pad(given: Props & { entry: Entry }) {
  const { props, targets, emit, output, write, enabled, entry } = given;
  const { language } = useLocale();
  const t = useFieldTexts();
  const [typed, setTyped] = useState("");
  const command = useCommand(write, "target");
  const target = targets.target;
  const { limits } = entry;
  const title =
    localText(props.title, language) || (target ? signalName(target, language) : given.text("title"));
  const read = readNumber(typed);
  const value = read.kind === "number" ? entry.store(read.value) : null;
  const problem: EntryProblem | null =
    read.kind === "not_a_number" || read.kind === "ambiguous"
      ? { text: read.kind, values: { text: typed } }
      : read.kind === "number"
        ? entry.problem(read.value)
        : null;
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
          storedText(entry, typed, t) || rangeText(limits, t)
        )}
      </span>
      <div className={css.keys}>
        <NumberPad
          text={typed}
          onText={type}
          decimals={limits.decimals !== 0 || props.decimals !== 0}
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
