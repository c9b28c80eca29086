import { type ComponentProps, Icon, type LocalText, localText, useKept, useLocale } from "@sdk";
import { useId } from "react";
import css from "./View.module.css";

export interface CardProps {
  title?: LocalText;
  look?: "card" | "plain";
  collapsible?: boolean;
}

export default function CardView({ props, slot, id, text }: ComponentProps<CardProps>) {
  const { language } = useLocale();
  const [closed, setClosed] = useKept(id, false);
  const heading = useId();
  const title = localText(props.title, language);
  const folds = props.collapsible === true;
  return (
    <section
      className={css.card}
      data-look={props.look ?? "card"}
      data-state={folds && closed ? "closed" : "open"}
      aria-labelledby={title ? heading : undefined}
      aria-label={title ? undefined : text("group")}
    >
      {title || folds ? (
        <header className={css.head}>
          <h2 id={heading} className={`${css.title} truncate`} title={title}>
            {title}
          </h2>
          {folds ? (
            <button
              type="button"
              className={css.fold}
              aria-expanded={!closed}
              aria-label={`${text(closed ? "open" : "close")}: ${title || text("group")}`}
              onClick={() => setClosed(!closed)}
            >
              <Icon name="chevron" />
            </button>
          ) : null}
        </header>
      ) : null}
      {folds && closed ? null : <div className={css.body}>{slot("body")}</div>}
    </section>
  );
}
