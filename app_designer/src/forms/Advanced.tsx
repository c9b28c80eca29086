import { Icon } from "@sdk";
import { type ReactNode, useState } from "react";
import css from "./forms.module.css";
import { useFormTexts } from "./texts";

/** What few people need, behind a button; closed until somebody opens it. */
export function Advanced({ children }: { children: ReactNode }) {
  const t = useFormTexts();
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className={css.more}
        data-reveals="fields"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <span className={css.twist} data-open={open}>
          <Icon name="chevron" size={14} />
        </span>
        {t("advanced")}
      </button>
      {open ? children : null}
    </>
  );
}
