import {
  entryMeta,
  FieldControl,
  Icon,
  QualityMark,
  readField,
  type Signal,
  useFieldTexts,
  useFormatter,
  useSignal,
  useUnitWishes,
  type Value,
} from "@sdk";
import { useEffect } from "react";
import type { FormState } from "./state";
import type { Placed } from "./submit";
import css from "./View.module.css";

interface FieldProps {
  placed: Placed;
  form: FormState;
  targets: Readonly<Record<string, Signal>>;
  snapshot: Signal | undefined;
  disabled: boolean;
}

/** One field of the form, with what became of it at the last submit. */
export function FormField({ placed, form, targets, snapshot, disabled }: FieldProps) {
  const { spec, target } = placed;
  const meta = entryMeta(targets[target]);
  const wishes = useUnitWishes();
  const draft = form.drafts[spec.id] ?? null;
  const { problem } = readField(spec, draft, meta, wishes);
  const outcome = form.outcomes.get(spec.id);
  return (
    <div className={css.field} data-kind={spec.kind}>
      <FieldControl
        spec={spec}
        draft={draft}
        onDraft={(next) => form.set(spec.id, next)}
        problem={form.tried ? problem : null}
        disabled={disabled || outcome?.status === "done"}
        meta={meta}
        snapshot={
          snapshot ? (
            <Snapshot
              signal={snapshot}
              onValue={(value) => form.take(spec.id, value)}
              frozen={disabled}
              held={draft}
            />
          ) : (
            <NoSnapshot />
          )
        }
      />
      {outcome ? <FieldOutcomeMark status={outcome.status} /> : null}
    </div>
  );
}

function FieldOutcomeMark({ status }: { status: "done" | "refused" | "cancelled" | "unknown" | "preview" }) {
  const t = useFieldTexts();
  const words = t(`mark_${status}`);
  return (
    <span className={css.mark} data-state={status} title={words}>
      <Icon name={status === "done" ? "check" : status === "unknown" ? "question" : "cross"} size={16} />
      <span className="truncate">{words}</span>
    </span>
  );
}

function NoSnapshot() {
  const t = useFieldTexts();
  return <span className={css.snapshot}>{t("snapshot_none")}</span>;
}

interface SnapshotProps {
  signal: Signal;
  onValue: (value: Value) => void;
  frozen: boolean;
  held: Value;
}

/** The present value of a tag, taken along at the moment of submitting; a value that is not current is not taken. */
function Snapshot({ signal, onValue, frozen, held }: SnapshotProps) {
  const { value, sample, assessment } = useSignal(signal);
  const shown = useFormatter(signal)(value);
  const usable = assessment.current ? value : null;
  useEffect(() => {
    if (!frozen && usable !== held) onValue(usable);
  });
  return (
    <span className={css.snapshot}>
      <strong>{shown.text}</strong>
      <span className={css.unit}>{value === null ? "" : shown.unit}</span>
      <QualityMark assessment={assessment} sample={sample} />
    </span>
  );
}
