import { useState } from "react";
import { Icon } from "../ui/Icon";
import { type EntryLimits, stepped } from "./entry_limits";
import css from "./fields.module.css";
import { readNumber, writeNumber } from "./number_text";
import { PadDialog } from "./PadDialog";
import { useFieldTexts } from "./texts";

interface EntryProps {
  id: string;
  label: string;
  text: string;
  onText: (text: string) => void;
  limits: EntryLimits;
  /** What a step begins with when nothing is typed. */
  start?: number | null;
  disabled?: boolean;
  invalid?: boolean;
  describedBy?: string | undefined;
  /** Called by Enter. */
  onEnter?: (() => void) | undefined;
  /** The pad opens on touch screens; `always` and `never` overrule that. */
  pad?: "touch" | "always" | "never";
}

export const isTouch = (): boolean => matchMedia("(pointer: coarse)").matches;

/** A number with its unit, steps, arrow keys, and a number pad on touch screens. */
export function NumberEntry(props: EntryProps) {
  const { text, onText, limits, label, disabled = false, pad = "touch" } = props;
  const t = useFieldTexts();
  const [open, setOpen] = useState(false);
  const usesPad = pad === "always" || (pad === "touch" && isTouch());
  const step = (by: 1 | -1) => {
    const typed = readNumber(text);
    const from = typed.kind === "number" ? typed.value : (props.start ?? limits.min ?? 0);
    onText(writeNumber(stepped(from, by, limits), limits.decimals));
  };
  const stepper = (by: 1 | -1) => (
    <button
      type="button"
      className={css.step}
      disabled={disabled}
      aria-label={`${t(by > 0 ? "more" : "less")}: ${label}`}
      onClick={() => step(by)}
    >
      {by > 0 ? <Icon name="plus" /> : <span aria-hidden="true">−</span>}
    </button>
  );
  return (
    <span className={css.entry} data-invalid={props.invalid ?? false}>
      {stepper(-1)}
      <input
        id={props.id}
        className={css.number}
        type="text"
        inputMode={usesPad ? "none" : limits.decimals === 0 ? "numeric" : "decimal"}
        autoComplete="off"
        aria-label={label}
        aria-invalid={props.invalid ?? false}
        aria-describedby={props.describedBy}
        aria-haspopup={usesPad ? "dialog" : undefined}
        readOnly={usesPad}
        disabled={disabled}
        value={text}
        onChange={(event) => onText(event.target.value)}
        onClick={usesPad ? () => setOpen(true) : undefined}
        onKeyDown={(event) => {
          if (event.key === "ArrowUp" || event.key === "ArrowDown") {
            event.preventDefault();
            step(event.key === "ArrowUp" ? 1 : -1);
          } else if (event.key === "Enter" && usesPad) setOpen(true);
          else if (event.key === "Enter") props.onEnter?.();
        }}
      />
      {limits.unit ? <span className={css.unit}>{limits.unit}</span> : null}
      {stepper(1)}
      {open ? (
        <PadDialog
          title={label}
          text={text}
          limits={limits}
          onDone={(done) => {
            setOpen(false);
            if (done !== null) onText(done);
          }}
        />
      ) : null}
    </span>
  );
}
