import { Modal } from "@runtime/Modal";
import { Button } from "@sdk";
import { Refused } from "@sdk/ui/Refused";
import { type ReactNode, useRef, useState } from "react";
import css from "./packages.module.css";
import { usePackageTexts } from "./texts";

/** What was found in a file, and what to do next. */
export interface Looked<T> {
  found: T;
  busy: boolean;
  /** Chooses another file. */
  again: () => void;
  /** Looks at the same file once more: something it depends on has changed. */
  look: () => void;
  /** Does something that may fail; the dialog tells. */
  run: (work: () => Promise<void>) => void;
}

interface DialogProps<T> {
  title: string;
  /** On the button that chooses the file, what it is called for forms, and which files it may be. */
  choose: string;
  hint: string;
  input: string;
  inspect: (file: File) => Promise<T>;
  close: () => void;
  children: (looked: Looked<T>) => ReactNode;
}

/** A package is chosen and checked, nothing is written; what is in it, and what to do with it, are the children. */
export function PackageDialog<T>({ title, choose, hint, input, inspect, close, children }: DialogProps<T>) {
  const text = usePackageTexts();
  const [held, setHeld] = useState<{ file: File; found: T } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = (work: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    work()
      .catch(setError)
      .finally(() => setBusy(false));
  };
  const look = (file: File) => run(async () => setHeld({ file, found: await inspect(file) }));
  return (
    <Modal title={title} close={close}>
      <div className={css.steps}>
        {held ? (
          children({
            found: held.found,
            busy,
            run,
            again: () => {
              setHeld(null);
              setError(null);
            },
            look: () => look(held.file),
          })
        ) : (
          <Choose busy={busy} label={choose} hint={hint} input={input} accept=".zip" take={look} />
        )}
        {error ? <Refused error={error} /> : null}
        <div className={css.buttons}>
          <Button onClick={close}>{text("cancel")}</Button>
        </div>
      </div>
    </Modal>
  );
}

interface ChooseProps {
  busy: boolean;
  label: string;
  hint: string;
  input: string;
  accept: string;
  take: (file: File) => void;
}

function Choose({ busy, label, hint, input, accept, take }: ChooseProps) {
  const text = usePackageTexts();
  const ref = useRef<HTMLInputElement>(null);
  return (
    <>
      <p className={css.hint}>{hint}</p>
      <Button look="primary" disabled={busy} onClick={() => ref.current?.click()}>
        {busy ? text("checking") : label}
      </Button>
      <input
        ref={ref}
        type="file"
        name={input}
        accept={accept}
        hidden
        onChange={(event) => {
          const file = event.target.files?.[0];
          // The same file may be chosen again after it was mended.
          event.target.value = "";
          if (file) take(file);
        }}
      />
    </>
  );
}

interface InstallProps {
  looked: Pick<Looked<unknown>, "busy" | "again">;
  ready: boolean;
  install: () => void;
}

/** The last step: another file, or install this one. */
export function InstallButtons({ looked, ready, install }: InstallProps) {
  const text = usePackageTexts();
  return (
    <div className={css.buttons}>
      <Button onClick={looked.again}>{text("another")}</Button>
      <Button look="primary" disabled={looked.busy || !ready} onClick={install}>
        {text(looked.busy ? "installing" : "install")}
      </Button>
    </div>
  );
}
