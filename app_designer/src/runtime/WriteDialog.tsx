import { Button, Icon, useLocale } from "@sdk";
import type { ShownValue } from "@sdk/format/number";
import type { MessageKey } from "@sdk/i18n/catalogue";
import { useEffect, useRef, useState } from "react";
import { useRuntimeTexts } from "./i18n/texts";
import { Modal } from "./Modal";
import css from "./modal.module.css";
import type { ConfirmAnswer, ConfirmRequest } from "./write";

/** Long enough that nobody does it by brushing past, short enough for a person who means it. */
export const HOLD_MS = 1200;
const TICK_MS = 50;

/** Asks before a value is written: what is there now, what will be, and a yes that cannot be given by accident. */
export function WriteDialog({
  request,
  answer,
}: {
  request: ConfirmRequest;
  answer: (yes: ConfirmAnswer) => void;
}) {
  const t = useRuntimeTexts();
  const [expired, setExpired] = useState(false);
  const { expires_in_s } = request;
  useEffect(() => {
    const timer = setTimeout(() => setExpired(true), expires_in_s * 1000);
    return () => clearTimeout(timer);
  }, [expires_in_s]);
  const no = () => answer(false);
  const second = request.approval === "second_person";
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const signs = second || request.approval === "password";
  const ready = !signs || (password !== "" && (!second || name.trim() !== ""));
  const yes = () => answer(signs ? { name: name.trim(), password } : true);
  return (
    <Modal title={t("write.dialog.title", { name: request.name })} close={no}>
      <div className={css.change}>
        <Side side="old" shown={request.old} doubt={request.oldDoubt} />
        <Icon name="chevron" />
        <Side side="new" shown={request.next} doubt={null} />
      </div>
      {signs && !expired ? (
        <div className={css.approval}>
          <p className={css.hint}>{t(second ? "write.dialog.second" : "write.dialog.again")}</p>
          {second ? (
            <label>
              {t("write.dialog.name")}
              <input autoComplete="off" value={name} onChange={(event) => setName(event.target.value)} />
            </label>
          ) : null}
          <label>
            {t("write.dialog.password")}
            <input
              type="password"
              autoComplete="off"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </label>
        </div>
      ) : null}
      {expired ? (
        <p className={css.hint} role="alert">
          {t("write.dialog.expired")}
        </p>
      ) : request.how === "hold" ? (
        <p className={css.hint}>{t("write.dialog.hold_hint")}</p>
      ) : null}
      <div className={css.buttons}>
        <Button onClick={no}>{t("write.dialog.cancel")}</Button>
        {expired || !ready ? null : request.how === "hold" ? (
          <HoldButton label={t("write.dialog.hold")} onHeld={yes} />
        ) : (
          <Button look="primary" onClick={yes}>
            {t("write.dialog.confirm")}
          </Button>
        )}
      </div>
    </Modal>
  );
}

function Side({ side, shown, doubt }: { side: "old" | "new"; shown: ShownValue; doubt: MessageKey | null }) {
  const { t: words } = useLocale();
  const t = useRuntimeTexts();
  return (
    <div className={css.side} data-side={side}>
      <span className={css.label}>{t(side === "old" ? "write.dialog.old" : "write.dialog.new")}</span>
      <span className={css.value} data-bad={doubt !== null}>
        {shown.text} <span className={css.unit}>{shown.unit}</span>
      </span>
      {doubt ? <span className={css.quality}>{words(doubt)}</span> : null}
    </div>
  );
}

/** A button that acts once it was held for a while, by pointer or key; letting go before that does nothing. */
export function HoldButton({ label, onHeld }: { label: string; onHeld: () => void }) {
  const [held_ms, setHeld] = useState(0);
  const timer = useRef<ReturnType<typeof setInterval> | undefined>(undefined);
  const done = useRef(onHeld);
  done.current = onHeld;
  const stop = () => {
    clearInterval(timer.current);
    timer.current = undefined;
    setHeld(0);
  };
  const start = () => {
    if (timer.current) return;
    const began = performance.now();
    timer.current = setInterval(() => {
      const passed = performance.now() - began;
      setHeld(passed);
      if (passed < HOLD_MS) return;
      stop();
      done.current();
    }, TICK_MS);
  };
  useEffect(() => () => clearInterval(timer.current), []);
  const isKey = (event: React.KeyboardEvent) => event.key === " " || event.key === "Enter";
  return (
    <Button
      look="primary"
      className={css.hold}
      onPointerDown={start}
      onPointerUp={stop}
      onPointerLeave={stop}
      onPointerCancel={stop}
      onBlur={stop}
      onContextMenu={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (!isKey(event)) return;
        event.preventDefault();
        start();
      }}
      onKeyUp={(event) => isKey(event) && stop()}
    >
      <span className={css.filled} style={{ transform: `scaleX(${Math.min(1, held_ms / HOLD_MS)})` }} />
      {label}
    </Button>
  );
}
