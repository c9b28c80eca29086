import { Button, useLocale, useServices } from "@sdk";
import { ApiError, describeError } from "@sdk/api/problem";
import { type FormEvent, useEffect, useState } from "react";
import { useEntryTexts } from "./entry_texts";
import { Field, PasswordField } from "./fields";
import { navigate, useQuery } from "./router";
import { useSession } from "./session";
import css from "./shell.module.css";

/** Where to go after signing in: only addresses of our own are followed. */
export function safeNext(next: string | null): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}

export function Login() {
  const { t } = useLocale();
  const text = useEntryTexts();
  const { api } = useServices();
  const { state, refresh } = useSession();
  const query = useQuery();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const next = safeNext(query.get("next"));
  const inside = state.kind === "in";
  useEffect(() => {
    if (inside) navigate(next, { replace: true });
  }, [inside, next]);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem("");
    try {
      await api.login(name, password);
      await refresh();
    } catch (error) {
      const wrong = error instanceof ApiError && (error.status === 401 || error.status === 403);
      setProblem(wrong ? text("login.failed") : describeError(error, t));
      setBusy(false);
    }
  };
  return (
    <main className={css.alone}>
      <form className={css.card} onSubmit={(event) => void submit(event)}>
        <h1 className={css.cardTitle}>
          <img src="/icon.svg" alt="" width={32} height={32} />
          {text("login.title")}
        </h1>
        <Field
          label={text("login.name")}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <PasswordField
          label={text("login.password")}
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <p className={css.formProblem} role="alert">
          {problem}
        </p>
        <Button look="primary" type="submit" disabled={busy}>
          {text("login.submit")}
        </Button>
      </form>
    </main>
  );
}
