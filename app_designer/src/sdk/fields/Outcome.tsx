import type { Value } from "../api/types";
import { Icon, type IconName } from "../ui/Icon";
import type { CommandState, Readback } from "./command";
import css from "./fields.module.css";
import { type FieldText, useFieldTexts } from "./texts";

const ICONS: Record<Exclude<CommandState["phase"], "idle">, IconName> = {
  pending: "clock",
  done: "check",
  refused: "cross",
  cancelled: "back",
  unknown: "question",
  preview: "eye",
};

interface OutcomeProps {
  state: CommandState;
  /** What the machine shows afterwards, where it can be read back. */
  readback?: Readback;
  present?: string;
}

/** What became of a command: a shape and a sentence, told to a screen reader as it changes. */
export function Outcome({ state, readback = "none", present = "" }: OutcomeProps) {
  const text = useFieldTexts();
  const look = lookOf(state, readback);
  const words = look ? sentence(state, look.text, text, present) : "";
  return (
    <span className={css.outcome} role="status" data-state={look?.tone ?? "idle"}>
      {look ? (
        <>
          <Icon name={look.icon} size={16} />
          <span className={css.outcome_text} title={words}>
            {words}
          </span>
        </>
      ) : null}
    </span>
  );
}

interface Look {
  icon: IconName;
  tone: CommandState["phase"] | "waiting" | "missed";
  text: FieldText;
}

function lookOf(state: CommandState, readback: Readback): Look | null {
  if (state.phase === "idle") return null;
  if (state.phase === "done" && (readback === "waiting" || readback === "missed"))
    return { icon: readback === "waiting" ? "clock" : "warn", tone: readback, text: readback };
  const text = state.phase === "done" ? "reached" : state.phase;
  return { icon: ICONS[state.phase], tone: state.phase, text };
}

function sentence(
  state: CommandState,
  key: FieldText,
  text: ReturnType<typeof useFieldTexts>,
  present: string,
): string {
  const words = text(key, { value: present });
  const message = "message" in state ? state.message : undefined;
  if (!message) return words;
  return state.phase === "refused" ? message : `${words} ${message}`;
}

/** Whether a value counts as on: what a boolean, a number or a text of 0 and 1 says. */
export const isOn = (value: Value): boolean | null =>
  value === null ? null : value === true || (value !== false && value !== 0 && value !== "0" && value !== "");
