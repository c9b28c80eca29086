import { Icon } from "@sdk";
import { type ReactNode, useState } from "react";
import css from "./inspector.module.css";

/** Which sections a person has closed; kept while the designer is open, whatever is selected. */
const closed = new Set<string>();

interface SectionProps {
  id: string;
  title: string;
  children: ReactNode;
  /** Closed until somebody opens it. */
  startClosed?: boolean;
  /** How many entries it has, beside its title. */
  count?: number;
}

/** A part of the inspector that can be closed. */
export function Section({ id, title, children, startClosed = false, count }: SectionProps) {
  const key = startClosed ? `open:${id}` : id;
  const [open, setOpen] = useState(() => closed.has(key) === startClosed);
  const toggle = () => {
    if (!closed.delete(key)) closed.add(key);
    setOpen(!open);
  };
  return (
    <section className={css.section} aria-label={title}>
      <h3>
        <button
          type="button"
          className={css.sectionHead}
          data-reveals="fields"
          aria-expanded={open}
          onClick={toggle}
        >
          <span className={css.twist} data-open={open}>
            <Icon name="chevron" size={14} />
          </span>
          {title}
          {count ? <span className={css.count}>{count}</span> : null}
        </button>
      </h3>
      {open ? <div className={css.sectionBody}>{children}</div> : null}
    </section>
  );
}
