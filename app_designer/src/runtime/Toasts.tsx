import { Button, Icon } from "@sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useRuntimeTexts } from "./i18n/texts";
import css from "./modal.module.css";

export interface Toast {
  id: number;
  text: string;
  tone: "calm" | "alarm";
}

const CALM_MS = 5000;
const ALARM_MS = 15_000;
const SHOWN_MAX = 4;

/** Short texts that go by themselves; the newest of the same text stands for all. */
export function useToasts() {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const next = useRef(1);
  const drop = useCallback((id: number) => setToasts((list) => list.filter((toast) => toast.id !== id)), []);
  const tell = useCallback((text: string, tone: Toast["tone"]) => {
    const toast = { id: next.current, text, tone };
    next.current += 1;
    setToasts((list) => [...list.filter((entry) => entry.text !== text), toast].slice(-SHOWN_MAX));
  }, []);
  return { toasts, tell, drop };
}

export function Toasts({ toasts, drop }: { toasts: readonly Toast[]; drop: (id: number) => void }) {
  return (
    <div className={css.toasts} role="log" aria-live="polite">
      {toasts.map((toast) => (
        <ToastView key={toast.id} toast={toast} drop={drop} />
      ))}
    </div>
  );
}

function ToastView({ toast, drop }: { toast: Toast; drop: (id: number) => void }) {
  const t = useRuntimeTexts();
  const { id, tone } = toast;
  useEffect(() => {
    const timer = setTimeout(() => drop(id), tone === "alarm" ? ALARM_MS : CALM_MS);
    return () => clearTimeout(timer);
  }, [id, tone, drop]);
  return (
    <div className={css.toast} data-tone={tone} role={tone === "alarm" ? "alert" : undefined}>
      <span>{toast.text}</span>
      <Button look="quiet" square onClick={() => drop(id)} aria-label={t("toast.close")}>
        <Icon name="close" size={16} />
      </Button>
    </div>
  );
}
