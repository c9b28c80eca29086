import { useLocale } from "../context";
import { formatDuration } from "../format/time";
import { useServerNow } from "../hooks/live";
import type { Assessment, Level, Sample } from "../quality";
import { Icon, type IconName } from "./Icon";
import css from "./ui.module.css";

const SHAPES: Record<Level, IconName> = {
  good: "check",
  uncertain: "question",
  stale: "clock",
  bad: "cross",
  offline: "offline",
  no_link: "offline",
  waiting: "clock",
  no_data: "clock",
  no_permission: "lock",
  unmapped: "link",
};

interface MarkProps {
  assessment: Assessment;
  sample: Sample | null;
  /** Shows a mark for good values too, as a table column does. */
  always?: boolean;
}

/** Shape and word for the quality of a value; nothing for a good one, which needs no mark. */
export function QualityMark({ assessment, sample, always = false }: MarkProps) {
  const { t } = useLocale();
  const { level, word } = assessment;
  const aged = sample !== null && (level === "stale" || level === "offline");
  const now = useServerNow(aged ? 1000 : 0);
  if (level === "good" && !always && !word) return null;
  const age = aged && sample ? formatDuration(now - sample.ts, t) : "";
  const text = aged
    ? t(level === "stale" ? "state.stale_for" : "state.offline_for", { age })
    : t(word ?? "quality.good");
  return (
    <span className={css.mark} data-level={level} title={text}>
      <Icon name={SHAPES[level]} size={16} />
      <span className="truncate">{text}</span>
    </span>
  );
}
