import { Button, Notice, useLocale, useServices } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { LinkButton } from "@sdk/ui/primitives";
import { type FormEvent, useEffect, useState } from "react";
import { useEntryTexts } from "./entry_texts";
import { Field, PasswordField } from "./fields";
import { followLink, navigate, useQuery } from "./router";
import { useSession } from "./session";
import css from "./shell.module.css";

const PASSWORD_MIN = 12;

/** The token of the link: behind the #, where no server log sees it; older links have it as a parameter. */
export function setupToken(query: URLSearchParams, hash: string): string {
  return new URLSearchParams(hash.replace(/^#/, "")).get("token") ?? query.get("token") ?? "";
}

/** Makes the first administrator from the one-time link. */
export default function Setup() {
  const text = useEntryTexts();
  const { api } = useServices();
  const token = setupToken(useQuery(), location.hash);
  const [needed, setNeeded] = useState<boolean | null>(null);
  useEffect(() => {
    api.setupNeeded().then(
      (answer) => setNeeded(answer.needed),
      () => setNeeded(true),
    );
  }, [api]);
  return (
    <main className={css.alone}>
      <div className={css.card}>
        <h1 className={css.cardTitle}>
          <img src="/icon.svg" alt="" width={32} height={32} />
          {text(needed === false ? "setup.done_title" : "setup.title")}
        </h1>
        {needed === false ? (
          <>
            <p>{text("setup.done_hint")}</p>
            <LinkButton look="primary" href="/login" onClick={followLink}>
              {text("login.submit")}
            </LinkButton>
          </>
        ) : token ? (
          <SetupForm token={token} />
        ) : (
          <Notice icon="link" title={text("setup.no_token")} />
        )}
      </div>
    </main>
  );
}

function SetupForm({ token }: { token: string }) {
  const { t } = useLocale();
  const text = useEntryTexts();
  const { api } = useServices();
  const { refresh } = useSession();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const short = password.length < PASSWORD_MIN;
  const differs = again !== password;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (short || differs || !name.trim()) return;
    setBusy(true);
    setProblem("");
    try {
      await api.setup(token, name.trim(), password);
      // Some installations sign in with the set-up itself; the others do it here.
      await api.session().catch(() => api.login(name.trim(), password));
      await refresh();
      navigate("/", { replace: true });
    } catch (error) {
      setProblem(describeError(error, t));
      setBusy(false);
    }
  };
  return (
    <form className={css.form} onSubmit={(event) => void submit(event)}>
      <p>{text("setup.intro")}</p>
      <Field
        label={text("setup.name")}
        name="username"
        autoComplete="username"
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <PasswordField
        label={text("setup.password")}
        name="password"
        autoComplete="new-password"
        required
        value={password}
        problem={tried && short ? text("setup.password_short") : undefined}
        onChange={(event) => setPassword(event.target.value)}
      />
      <PasswordField
        label={text("setup.password_again")}
        name="password_again"
        autoComplete="new-password"
        required
        value={again}
        problem={tried && !short && differs ? text("setup.password_differs") : undefined}
        onChange={(event) => setAgain(event.target.value)}
      />
      <p className={css.formProblem} role="alert">
        {problem}
      </p>
      <Button look="primary" type="submit" disabled={busy}>
        {text("setup.submit")}
      </Button>
    </form>
  );
}
