import { Button, formatMoment, Icon, Notice, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import type { WritesStop } from "@sdk/api/types";
import { useEffect, useRef, useState } from "react";
import { Field } from "./fields";
import css from "./health.module.css";
import { useHealthTexts } from "./health_texts";
import { useIsAdmin, useMayWrite } from "./session";
import shell from "./shell.module.css";

const REASON_LENGTH_MAX = 200;

/** What was just pressed holds until the platform's next word; what failed is said. */
function useSwitch(told: WritesStop) {
  const { api } = useServices();
  const [state, setState] = useState(told);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => setState(told), [told]);
  const ask = async (method: "PUT" | "DELETE", body?: { reason: string }): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    try {
      setState(await api.request<WritesStop>(method, "/writes/stop", body));
      setError(null);
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  };
  return {
    state,
    error,
    busy,
    stop: (reason: string) => ask("PUT", { reason }),
    resume: () => ask("DELETE"),
  };
}

/** The platform's kill switch: one press stops all writes to devices, two let them go on. */
export function WritesSwitch({ told, now }: { told: WritesStop; now: number }) {
  const text = useHealthTexts();
  const { t } = useLocale();
  const { state, error, busy, stop, resume } = useSwitch(told);
  return (
    <>
      <h2 className={shell.screenSub}>{text("writes")}</h2>
      <section className={`${css.box} ${css.writes}`} aria-label={text("writes")}>
        {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
        <div role="status">
          {state.stopped ? (
            <Stopped state={state} now={now} />
          ) : (
            <span className={css.mark} data-up={true}>
              <Icon name="check" size={18} />
              {text("writes_on")}
            </span>
          )}
        </div>
        {state.stopped ? (
          <Resume state={state} busy={busy} resume={resume} />
        ) : (
          <Stop busy={busy} stop={stop} />
        )}
        <p className={css.hint}>{text("writes_not_safety")}</p>
      </section>
    </>
  );
}

function Stopped({ state: { by, since, reason }, now }: { state: WritesStop; now: number }) {
  const text = useHealthTexts();
  const { language } = useLocale();
  const time = formatMoment(since, now, language);
  return (
    <>
      <span className={css.mark} data-up={false}>
        <Icon name="lock" size={18} />
        {by ? text("writes_off_by", { name: by, time }) : text("writes_off", { time })}
      </span>
      {reason ? <p className={css.why}>{reason}</p> : null}
    </>
  );
}

function Stop({ busy, stop }: { busy: boolean; stop: (reason: string) => Promise<boolean> }) {
  const text = useHealthTexts();
  const mayWrite = useMayWrite();
  const [reason, setReason] = useState("");
  if (!mayWrite) return null;
  return (
    <form
      className={css.switch}
      onSubmit={(event) => {
        event.preventDefault();
        void stop(reason);
      }}
    >
      <Field
        label={text("writes_reason")}
        name="reason"
        maxLength={REASON_LENGTH_MAX}
        value={reason}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button type="submit" aria-disabled={busy} aria-busy={busy}>
        <Icon name="lock" size={18} />
        {text("writes_stop")}
      </Button>
    </form>
  );
}

interface ResumeProps {
  state: WritesStop;
  busy: boolean;
  resume: () => Promise<boolean>;
}

/** Two presses; the way out comes first for the keyboard. */
function Resume({ state, busy, resume }: ResumeProps) {
  const text = useHealthTexts();
  const isAdmin = useIsAdmin();
  const [asking, setAsking] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  if (state.everywhere) return <p className={css.hint}>{text("writes_machine")}</p>;
  if (!isAdmin) return <p className={css.hint}>{text("writes_admin")}</p>;
  const close = () => {
    setAsking(false);
    requestAnimationFrame(() => place.current?.querySelector("button")?.focus());
  };
  if (!asking) {
    return (
      <div ref={place}>
        <Button onClick={() => setAsking(true)}>{text("writes_resume")}</Button>
      </div>
    );
  }
  return (
    <div
      ref={place}
      role="alertdialog"
      aria-label={text("writes_sure")}
      onKeyDown={(event) => event.key === "Escape" && close()}
    >
      <p>
        <strong>{text("writes_sure")}</strong> {text("writes_sure_hint")}
      </p>
      <div className={css.buttons}>
        <Button autoFocus onClick={close}>
          {text("cancel")}
        </Button>
        <Button look="primary" aria-disabled={busy} aria-busy={busy} onClick={() => void resume()}>
          {text("writes_resume")}
        </Button>
      </div>
    </div>
  );
}
