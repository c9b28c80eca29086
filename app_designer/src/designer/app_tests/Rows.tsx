import { Icon } from "@sdk";
import type { ReactNode } from "react";
import css from "./tests.module.css";
import { useTexts } from "./texts";

interface RowProps {
  label: string;
  /** Where the value is set. */
  children: ReactNode;
  /** Null: it cannot be left out. */
  drop: (() => void) | null;
  up?: (() => void) | null;
}

/** A given value, a step or an expectation: what it is, then its value and what can be done with it. */
export function Row({ label, children, drop, up }: RowProps) {
  const text = useTexts();
  return (
    <li className={css.line}>
      <span className={css.label}>{label}</span>
      <span className={css.set}>
        {children}
        {up === undefined ? null : (
          <button
            type="button"
            disabled={!up}
            aria-label={`${label}: ${text("up")}`}
            title={text("up")}
            onClick={() => up?.()}
          >
            <Icon name="up" size={14} />
          </button>
        )}
        <button
          type="button"
          disabled={!drop}
          aria-label={`${label}: ${text("drop")}`}
          title={text("drop")}
          onClick={() => drop?.()}
        >
          <Icon name="trash" size={14} />
        </button>
      </span>
    </li>
  );
}

/** A list with its heading, what it says while it is empty, and how something is added. */
export function Rows({
  legend,
  none,
  empty,
  children,
  add,
}: {
  legend: string;
  none: string;
  empty: boolean;
  children: ReactNode;
  add: ReactNode;
}) {
  return (
    <fieldset className={css.rows}>
      <legend>{legend}</legend>
      {empty ? <p className={css.hint}>{none}</p> : <ul>{children}</ul>}
      {add}
    </fieldset>
  );
}
