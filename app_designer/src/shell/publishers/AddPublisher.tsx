import { Modal } from "@runtime/Modal";
import { Button, Notice, useLocale } from "@sdk";
import { ApiError, describeError } from "@sdk/api/problem";
import { KEY_TEXT_MAX, type PublicKey, type Publisher, type PublishersApi } from "@sdk/api/publishers";
import { useRef, useState } from "react";
import { Fingerprint } from "../packages/Fingerprint";
import shared from "../packages/packages.module.css";
import { TrustForm } from "../packages/TrustForm";
import { usePackageTexts } from "../packages/texts";
import css from "./publishers.module.css";
import { usePublisherTexts } from "./texts";

interface AddProps {
  api: PublishersApi;
  /** Who is trusted already. */
  all: readonly Publisher[];
  close: () => void;
  /** Trusted under this name. */
  done: (name: string) => void;
}

/** A key is pasted or chosen as a file, its fingerprint is compared, and then it is trusted. */
export function AddPublisher({ api, all, close, done }: AddProps) {
  const text = usePublisherTexts();
  const packageText = usePackageTexts();
  const [key, setKey] = useState<PublicKey | null>(null);
  return (
    <Modal title={text("add")} close={close}>
      {key ? (
        <div className={`${shared.steps} ${css.inside}`} ref={focusOn} tabIndex={-1}>
          <Fingerprint keyId={key.key_id} />
          <p className={shared.hint}>{packageText("compare")}</p>
          {key.publisher ? <p>{text("known", { name: key.publisher })}</p> : null}
          <div>
            <Button onClick={() => setKey(null)}>{text("other_key")}</Button>
          </div>
          <TrustForm
            publicKey={key.public_key}
            name={key.publisher}
            note={all.find(({ key_id }) => key_id === key.key_id)?.note}
            cancel={close}
            done={done}
          />
        </div>
      ) : (
        <div className={css.inside}>
          <GiveKey api={api} found={setKey} close={close} />
        </div>
      )}
    </Modal>
  );
}

/** The button that led here is gone; the keyboard goes on where there is something to compare. */
const focusOn = (step: HTMLDivElement | null) => step?.focus();

function GiveKey({
  api,
  found,
  close,
}: Pick<AddProps, "api" | "close"> & { found: (key: PublicKey) => void }) {
  const text = usePublisherTexts();
  const packageText = usePackageTexts();
  const { t } = useLocale();
  const file = useRef<HTMLInputElement>(null);
  const [pasted, setPasted] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");
  const look = (key: string) => {
    setBusy(true);
    setError("");
    api.inspect(key).then(found, (problem) => {
      setBusy(false);
      const bad = problem instanceof ApiError && problem.code === "key.public";
      setError(bad ? text("bad_key") : describeError(problem, t));
    });
  };
  const read = async (chosen: File) => {
    if (chosen.size > KEY_TEXT_MAX) return setError(text("too_long"));
    const content = await chosen.text();
    setPasted(content);
    look(content);
  };
  return (
    <form
      className={shared.form}
      onSubmit={(event) => {
        event.preventDefault();
        look(pasted);
      }}
    >
      <p className={shared.hint}>{text("paste_hint")}</p>
      <label>
        {text("paste")}
        <textarea
          name="public_key"
          rows={3}
          maxLength={KEY_TEXT_MAX}
          spellCheck={false}
          autoComplete="off"
          value={pasted}
          onChange={(event) => setPasted(event.target.value)}
        />
      </label>
      <input
        ref={file}
        type="file"
        name="key_file"
        accept=".pub,.pem,.txt"
        hidden
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          event.target.value = "";
          if (chosen) void read(chosen);
        }}
      />
      {error ? <Notice icon="warn" title={error} tone="alarm" /> : null}
      <div className={shared.buttons}>
        <Button onClick={close}>{packageText("cancel")}</Button>
        <Button onClick={() => file.current?.click()}>{text("file")}</Button>
        <Button look="primary" type="submit" disabled={busy || !pasted.trim()}>
          {text(busy ? "looking" : "look")}
        </Button>
      </div>
    </form>
  );
}
