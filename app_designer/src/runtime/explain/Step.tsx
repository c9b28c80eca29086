import type { ReactNode } from "react";
import css from "./panel.module.css";

interface StepProps {
  name: string;
  /** Said in smaller letters below. */
  details?: readonly string[];
  children?: ReactNode;
}

/** One stage on the way back. */
export function Step({ name, details = [], children }: StepProps) {
  return (
    <li className={css.step}>
      <div className={css.stepName}>{name}</div>
      <div className={css.stepBody}>
        <div>{children}</div>
        {details.filter(Boolean).map((detail) => (
          <div key={detail} className={css.detail}>
            {detail}
          </div>
        ))}
      </div>
    </li>
  );
}
