import { useEffect, useId, useRef, useState } from "react";
import { Button } from "../ui/primitives";
import type { EntryLimits } from "./entry_limits";
import css from "./fields.module.css";
import { NumberPad } from "./NumberPad";
import { rangeText } from "./range_text";
import { useFieldTexts } from "./texts";

interface DialogProps {
  title: string;
  text: string;
  limits: EntryLimits;
  /** Takes the typed text; null when it was left. */
  onDone: (text: string | null) => void;
}

/** The number pad over the page, for screens without a keyboard. */
export function PadDialog({ title, text: given, limits, onDone }: DialogProps) {
  const t = useFieldTexts();
  const [text, setText] = useState(given);
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // What is there is replaced by the first key, as on a calculator.
  const [fresh, setFresh] = useState(true);
  useEffect(() => dialog.current?.showModal(), []);
  const type = (next: string) => {
    const added = next.length > text.length && next.startsWith(text) ? next.slice(text.length) : null;
    setText(fresh && added && /^\d$/.test(added) ? added : next);
    setFresh(false);
  };
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onDone(null);
      }}
    >
      <h2 id={heading} className={css.dialog_title}>
        {title}
      </h2>
      <output className={css.readout}>
        {text || "–"}
        {limits.unit ? <span className={css.unit}>{limits.unit}</span> : null}
      </output>
      <p className={css.hint}>{rangeText(limits, t)}</p>
      <NumberPad
        text={text}
        onText={type}
        decimals={limits.decimals !== 0}
        negative={limits.min === null || limits.min < 0}
      />
      <div className={css.dialog_row}>
        <Button onClick={() => onDone(null)}>{t("cancel")}</Button>
        <Button look="primary" onClick={() => onDone(text)}>
          {t("ok")}
        </Button>
      </div>
    </dialog>
  );
}
