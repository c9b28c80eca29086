import { Button, Icon } from "@sdk";
import { type InputHTMLAttributes, useId, useState } from "react";
import { useEntryTexts } from "./entry_texts";
import css from "./shell.module.css";

type FieldProps = InputHTMLAttributes<HTMLInputElement> & { label: string; problem?: string | undefined };

/** A labelled input; what is wrong with it stands under it and is announced. */
export function Field({ label, problem, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={css.field}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        {...input}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}p` : undefined}
      />
      <span id={`${id}p`} className={css.fieldProblem}>
        {problem}
      </span>
    </div>
  );
}

/** A password input that can be looked at: gloves and small keyboards make mistakes. */
export function PasswordField({ label, problem, ...input }: FieldProps) {
  const text = useEntryTexts();
  const [shown, setShown] = useState(false);
  return (
    <div className={css.password}>
      <Field label={label} problem={problem} {...input} type={shown ? "text" : "password"} />
      <Button
        look="quiet"
        square
        aria-pressed={shown}
        aria-label={text(shown ? "login.password_hide" : "login.password_show")}
        title={text(shown ? "login.password_hide" : "login.password_show")}
        onClick={() => setShown(!shown)}
      >
        <Icon name="eye" />
      </Button>
    </div>
  );
}
