import { Button, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { type FormEvent, useEffect, useRef, useState } from "react";
import css from "./new_app.module.css";
import { useNewAppTexts } from "./new_app_texts";
import { navigate } from "./router";

const ID = /^[a-z0-9][a-z0-9_-]{0,39}$/;

/** An address made of a name; a name without Latin letters gives none, and the person types one. */
function idFrom(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
  return plain.slice(0, 40);
}

/** Asks for the name of a new app, makes it, and opens it in the designer. */
export function NewApp({ taken, close }: { taken: readonly string[]; close: () => void }) {
  const text = useNewAppTexts();
  const { language, t } = useLocale();
  const { api } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState("");
  const [own, setOwn] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const id = own ?? (idFrom(name) || (name.trim() ? freeId(taken) : ""));
  const wrong = !ID.test(id) ? text("id_bad") : taken.includes(id) ? text("taken") : null;
  useEffect(() => dialog.current?.showModal(), []);
  const create = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!name.trim() || wrong) return;
    try {
      await api.createApp(id, { [language]: name.trim() });
      navigate(`/design/${id}`);
    } catch (problem) {
      setError(problem);
    }
  };
  return (
    <dialog className={css.newApp} ref={dialog} onClose={close} aria-labelledby="new-app-title">
      <form onSubmit={(event) => void create(event)} noValidate>
        <h2 id="new-app-title">{text("title")}</h2>
        <label>
          <span>{text("name")}</span>
          <input
            name="app_name"
            value={name}
            maxLength={80}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          <span>{text("id")}</span>
          <input name="app_id" value={id} maxLength={40} onChange={(event) => setOwn(event.target.value)} />
        </label>
        {tried && (wrong || error) ? <p role="alert">{wrong ?? describeError(error, t)}</p> : null}
        <div className={css.newAppActions}>
          <Button look="primary" type="submit">
            {text("create")}
          </Button>
          <Button onClick={close}>{text("cancel")}</Button>
        </div>
      </form>
    </dialog>
  );
}

function freeId(taken: readonly string[]): string {
  let number = 1;
  while (taken.includes(`app_${number}`)) number += 1;
  return `app_${number}`;
}
