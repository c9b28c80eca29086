import { useEffect, useState } from "react";
import { IDENTIFIER } from "../model/ids";
import css from "./inspector.module.css";

interface IdProps {
  label: string;
  value: string;
  taken: readonly string[];
  /** Names that mean something else already, and what is said about them. */
  reserved?: { names: readonly string[]; hint: string };
  onRename: (to: string) => void;
}

/** An id that may be changed: taken over when it is left, and only where it is allowed and free. */
export function IdInput({ label, value, taken, reserved, onRename }: IdProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const isReserved = reserved?.names.includes(typed) ?? false;
  const allowed = typed === value || (IDENTIFIER.test(typed) && !taken.includes(typed) && !isReserved);
  const leave = () => {
    if (typed !== value && allowed) onRename(typed);
    else setTyped(value);
  };
  return (
    <label className={css.field}>
      <span className={css.label}>{label}</span>
      <input
        className={css.input}
        value={typed}
        aria-invalid={!allowed || isReserved}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
      {isReserved ? (
        <span className={css.note} role="alert">
          {reserved?.hint}
        </span>
      ) : null}
    </label>
  );
}
