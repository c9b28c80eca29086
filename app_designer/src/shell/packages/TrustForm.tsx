import { Button, Notice, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { NAME_MAX, NOTE_MAX, PublishersApi } from "@sdk/api/publishers";
import { type FormEvent, useState } from "react";
import { Agree } from "./Agree";
import css from "./packages.module.css";
import { usePackageTexts } from "./texts";

interface TrustProps {
  publicKey: string;
  /** Of a key that is trusted already. */
  name?: string;
  note?: string | undefined;
  cancel: () => void;
  /** Trusted under this name. */
  done: (name: string) => void;
}

/** An administrator trusts a key whose fingerprint stands above: name, note, and that it was compared. */
export function TrustForm({ publicKey, name: before = "", note: noted = "", cancel, done }: TrustProps) {
  const text = usePackageTexts();
  const { t } = useLocale();
  const { api } = useServices();
  const [name, setName] = useState(before);
  const [note, setNote] = useState(noted);
  const [compared, setCompared] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const save = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    new PublishersApi(api).trust(name.trim(), publicKey, note).then(
      ({ name: trusted }) => done(trusted),
      (problem) => {
        setBusy(false);
        setError(problem);
      },
    );
  };
  return (
    <form className={css.form} onSubmit={save} aria-label={text("trust")}>
      <label>
        {text("name")}
        <input
          name="publisher"
          value={name}
          maxLength={NAME_MAX}
          required
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      <label>
        {text("note")}
        <input
          name="note"
          value={note}
          maxLength={NOTE_MAX}
          onChange={(event) => setNote(event.target.value)}
        />
      </label>
      <Agree name="compared" label={text("compared")} checked={compared} change={setCompared} />
      {compared && !name.trim() ? <p className={css.hint}>{text("name_missing")}</p> : null}
      {error ? <Notice icon="warn" title={describeError(error, t)} tone="alarm" /> : null}
      <div className={css.buttons}>
        <Button onClick={cancel}>{text("cancel")}</Button>
        <Button look="primary" type="submit" disabled={busy || !compared || !name.trim()}>
          {text(busy ? "trusting" : "trust")}
        </Button>
      </div>
    </form>
  );
}
