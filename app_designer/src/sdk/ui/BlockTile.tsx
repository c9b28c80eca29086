import type { ReactNode } from "react";
import type { Signal } from "../bindings/signal";
import { stateVariable } from "../chart/states";
import { useLocale } from "../context";
import { useBlockTexts } from "../i18n/block_texts";
import css from "./block_tile.module.css";
import { Icon, type IconName } from "./Icon";
import { StateShape } from "./StateShape";
import ui from "./ui.module.css";

interface BlockTileProps {
  title: string;
  /** Meaning that the document binds to the whole block: a stripe and a shape beside the heading; neutral is none. */
  tone?: string | null;
  /** The pattern of what is not current. */
  hatched?: boolean;
  /** Makes the whole tile a button. */
  onPress?: (() => void) | undefined;
  enabled?: boolean;
  /**
   * For a tile of which a screen shows hundreds: the size container `body` is the whole tile and nothing is cut off, so
   * that a new number is laid out once and not twice. What it holds has to fit by itself.
   */
  light?: boolean;
  /** Stands at the end of the heading, such as a small button. */
  aside?: ReactNode;
  children: ReactNode;
}

/** The frame of a block: heading, tone, pattern. Its body is the size container `body`. */
export function BlockTile(props: BlockTileProps) {
  const { title, tone = null, hatched = false, onPress, enabled = true, light = false } = props;
  const { aside, children } = props;
  const shown = tone && tone !== "neutral" ? stateVariable(tone) : null;
  const names = [
    ui.tile,
    light && css.light,
    light && !shown && !hatched && css.flat,
    hatched && ui.hatched,
    onPress && enabled && ui.pressable,
  ]
    .filter(Boolean)
    .join(" ");
  const inside = (
    <>
      {shown ? <span className={css.stripe} style={{ background: `var(${shown.fill})` }} /> : null}
      {title || aside || shown ? (
        <span className={css.head}>
          {shown ? <StateShape shape={shown.shape} size={12} /> : null}
          <span className={`${ui.heading} truncate`} title={title}>
            {title}
          </span>
          {aside}
        </span>
      ) : null}
      <span className={light ? css.inside : css.body}>{children}</span>
    </>
  );
  if (onPress) {
    return (
      <button
        type="button"
        className={names}
        disabled={!enabled}
        data-tone={tone ?? undefined}
        onClick={onPress}
      >
        {inside}
      </button>
    );
  }
  return (
    <section className={names} aria-label={title || undefined} data-tone={tone ?? undefined}>
      {inside}
    </section>
  );
}

interface SaidProps {
  icon: IconName;
  title: string;
  hint?: string;
  level: string;
}

/** Instead of the content: what is the matter, in a row where room is short. */
export function Said({ icon, title, hint, level }: SaidProps) {
  return (
    <span className={css.said} data-level={level} title={hint ? `${title}. ${hint}` : title}>
      <Icon name={icon} size={20} />
      <span className={css.words}>
        <strong>{title}</strong>
        {hint ? <span className={css.hint}>{hint}</span> : null}
      </span>
    </span>
  );
}

/** Why none of the signals can be shown; null where at least one can. */
export function useMissing(signals: readonly Signal[]): ReactNode {
  const { t } = useLocale();
  const words = useBlockTexts();
  const first = signals[0];
  if (!first) return <Said icon="link" title={words("empty")} hint={words("empty_hint")} level="empty" />;
  if (signals.some((signal) => !signal.problem)) return null;
  if (signals.every((signal) => signal.problem === "no_permission")) {
    const hint = words("forbidden_hint");
    return <Said icon="lock" title={t("state.no_permission")} hint={hint} level="no_permission" />;
  }
  if (first.problem === "unsupported")
    return <Said icon="question" title={t("state.unsupported")} level="unsupported" />;
  const hint = t("state.unmapped_hint", {
    role: first.role ?? "",
    asset: first.assetName ?? first.asset ?? "",
  });
  return <Said icon="link" title={t("state.unmapped")} hint={hint} level="unmapped" />;
}
