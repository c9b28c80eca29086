import { Button, Icon } from "@sdk";
import { type ReactNode, useEffect, useRef } from "react";
import { useRuntimeTexts } from "./i18n/texts";
import css from "./modal.module.css";

interface ModalProps {
  title: string;
  /** Asks to close: Escape, the cross, or a press beside it. */
  close: () => void;
  /** As wide as a page rather than as a question. */
  wide?: boolean;
  children: ReactNode;
}

/** A window over the page. The browser keeps the focus inside; on closing it goes back to where it was. */
export function Modal({ title, close, wide = false, children }: ModalProps) {
  const t = useRuntimeTexts();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    if (element && !element.open) element.showModal();
    return () => {
      if (element?.open) element.close?.();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself.
    <dialog
      ref={dialog}
      className={css.modal}
      data-wide={wide}
      aria-label={title}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div className={css.head}>
        <h2 className={`${css.title} truncate`} title={title}>
          {title}
        </h2>
        <Button look="quiet" square onClick={close} aria-label={t("dialog.close")} title={t("dialog.close")}>
          <Icon name="close" />
        </Button>
      </div>
      <div className={css.body}>{children}</div>
    </dialog>
  );
}
