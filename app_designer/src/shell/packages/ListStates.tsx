import { Button, Notice, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import shell from "../shell.module.css";
import css from "./packages.module.css";
import { usePackageTexts } from "./texts";

/** Whose role does not see a list is told so: nothing is wrong, and nothing can be pressed. */
export function NotYours() {
  const text = usePackageTexts();
  return (
    <div className={shell.emptyBox} data-state="no_permission">
      <Notice icon="lock" title={text("forbidden")} hint={text("forbidden_hint")} />
    </div>
  );
}

interface FailedProps {
  error: unknown;
  /** Whether what was read before stands below. */
  old: boolean;
  busy: boolean;
  retry: () => void;
}

/** The list cannot be read: why, and another try that tells how it goes. */
export function FailedList({ error, old, busy, retry }: FailedProps) {
  const text = usePackageTexts();
  const { t } = useLocale();
  const hint = describeError(error, t);
  return (
    <div className={`${shell.emptyBox} ${css.failed}`}>
      <Notice
        icon="warn"
        title={text("failed")}
        hint={old ? `${hint} ${text("failed_old")}` : hint}
        tone="alarm"
      >
        {/* Not disabled while it tries: the focus would be lost, and with it the keyboard's place. */}
        <Button aria-disabled={busy} aria-busy={busy} onClick={() => (busy ? undefined : retry())}>
          {text(busy ? "retrying" : "retry")}
        </Button>
      </Notice>
    </div>
  );
}
