import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import css from "./ui.module.css";

const join = (...names: (string | false | undefined)[]) => names.filter(Boolean).join(" ");

type ButtonLook = { look?: "plain" | "primary" | "quiet"; square?: boolean };

function buttonClass({ look = "plain", square }: ButtonLook): string {
  return join(
    css.button,
    look === "primary" && css.primary,
    look === "quiet" && css.quiet,
    square && css.square,
  );
}

export function Button({ look, square, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & ButtonLook) {
  return (
    <button
      type="button"
      {...rest}
      className={join(buttonClass({ look: look ?? "plain", square: square ?? false }), rest.className)}
    />
  );
}

export function LinkButton({
  look,
  children,
  ...rest
}: AnchorHTMLAttributes<HTMLAnchorElement> & ButtonLook) {
  return (
    <a {...rest} className={buttonClass({ look: look ?? "plain" })}>
      {children}
    </a>
  );
}

/** A grey shape of the size of what comes. */
export function Skeleton({ width, height }: { width: string; height: string }) {
  return <span className={css.skeleton} data-waiting style={{ width, height }} aria-hidden="true" />;
}

interface NoticeProps {
  icon: IconName;
  title: string;
  hint?: string;
  tone?: "calm" | "alarm";
  children?: ReactNode;
}

/** An empty state or an error: what it is, what to do, and the first step. */
export function Notice({ icon, title, hint, tone = "calm", children }: NoticeProps) {
  return (
    <div className={css.notice} data-tone={tone} role={tone === "alarm" ? "alert" : undefined}>
      <Icon name={icon} size={24} />
      <strong>{title}</strong>
      {hint ? <p title={hint}>{hint}</p> : null}
      {children}
    </div>
  );
}

interface TileProps {
  title: string;
  hatched?: boolean;
  onPress?: (() => void) | undefined;
  children: ReactNode;
  className?: string | undefined;
}

/** The frame of a block with its heading; with `onPress` the whole of it is a button. */
export function Tile({ title, hatched, onPress, children, className }: TileProps) {
  const names = join(css.tile, css.cut, hatched && css.hatched, onPress && css.pressable, className);
  const heading = (
    <span className={join(css.heading, "truncate")} title={title}>
      {title}
    </span>
  );
  if (onPress) {
    return (
      <button type="button" className={names} onClick={onPress}>
        {heading}
        {children}
      </button>
    );
  }
  return (
    <section className={names} aria-label={title}>
      {heading}
      {children}
    </section>
  );
}
