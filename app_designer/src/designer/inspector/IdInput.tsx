import { useEffect, useState } from "react";
import { IDENTIFIER } from "../model/ids";
import css from "./inspector.module.css";

interface IdProps {
  label: string;
  value: string;
  taken: readonly string[];
  onRename: (to: string) => void;
}

/** An id that may be changed: taken over when it is left, and only where it is allowed and free. */
export function IdInput({ label, value, taken, onRename }: IdProps) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const allowed = typed === value || (IDENTIFIER.test(typed) && !taken.includes(typed));
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
        aria-invalid={!allowed}
        spellCheck={false}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === "Enter") event.currentTarget.blur();
        }}
      />
    </label>
  );
}
