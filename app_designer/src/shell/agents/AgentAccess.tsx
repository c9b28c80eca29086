import { Button, formatMoment, Notice, useLocale, useServices } from "@sdk";
import { EDGE_NAME, type EdgeAccess, EdgesApi, type EnrolmentToken } from "@sdk/api/edges";
import { describeError } from "@sdk/api/problem";
import { useCallback, useEffect, useMemo, useState } from "react";
import shared from "../packages/packages.module.css";
import shell from "../shell.module.css";
import { useAgentTexts } from "./texts";

/** For administrators: a token to bring an agent in, who has access, and taking it away. */
export function AgentAccess() {
  const text = useAgentTexts();
  const { t } = useLocale();
  const { api: client } = useServices();
  const api = useMemo(() => new EdgesApi(client), [client]);
  const [all, setAll] = useState<EdgeAccess[] | null>(null);
  const [made, setMade] = useState<EnrolmentToken | null>(null);
  const [error, setError] = useState("");
  const failed = useCallback((problem: unknown) => setError(describeError(problem, t)), [t]);
  const load = useCallback(() => api.access().then(setAll, failed), [api, failed]);
  useEffect(() => void load(), [load]);
  const make = (edge: string) => {
    setError("");
    api.token(edge).then((token) => {
      setMade(token);
      void load();
    }, failed);
  };
  return (
    <section aria-label={text("title")}>
      <h2 className={shell.screenSub}>{text("title")}</h2>
      <p className={shared.intro}>{text("intro")}</p>
      <div className={shared.steps}>
        <Ask make={make} />
        {error ? <Notice icon="warn" title={error} tone="alarm" /> : null}
        {made ? <Made made={made} /> : null}
        {all?.length === 0 ? <p className={shared.hint}>{text("none")}</p> : null}
      </div>
      <ul className={shared.list}>
        {all?.map((one) => (
          <li key={one.edge}>
            <Access one={one} revoke={() => api.revoke(one.edge).then(load, failed)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Ask({ make }: { make: (edge: string) => void }) {
  const text = useAgentTexts();
  const [edge, setEdge] = useState("");
  const [bad, setBad] = useState(false);
  return (
    <form
      className={shared.form}
      onSubmit={(event) => {
        event.preventDefault();
        const isName = EDGE_NAME.test(edge);
        setBad(!isName);
        if (isName) make(edge);
      }}
    >
      <label>
        {text("name")}
        <input
          name="edge"
          value={edge}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          placeholder={text("name_hint")}
          aria-invalid={bad}
          onChange={(event) => setEdge(event.target.value.trim())}
        />
      </label>
      {bad ? (
        <p className={shared.wrong} role="alert">
          {text("bad_name")}
        </p>
      ) : null}
      <div>
        <Button look="primary" type="submit" disabled={edge === ""}>
          {text("make")}
        </Button>
      </div>
    </form>
  );
}

function Made({ made }: { made: EnrolmentToken }) {
  const text = useAgentTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const time = formatMoment(made.expires_ts, live.clock.now(), language);
  return (
    <div className={shared.item} role="status">
      <p>{text("token", { edge: made.edge, time })}</p>
      <code>{made.token}</code>
      <p className={shared.hint}>{text("run")}</p>
      <code>{`edge-agent enrol --platform ${location.origin}`}</code>
    </div>
  );
}

function Access({ one, revoke }: { one: EdgeAccess; revoke: () => void }) {
  const text = useAgentTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const [asking, setAsking] = useState(false);
  const moment = (ts: number) => formatMoment(ts, live.clock.now(), language);
  const has = one.enrolled_ts !== null && one.revoked_ts === null;
  return (
    <article className={shared.item} aria-label={one.edge}>
      <h3>{one.edge}</h3>
      {has && one.enrolled_ts !== null ? (
        <p>
          {text("enrolled", {
            time: moment(one.enrolled_ts),
            author: one.author,
            address: one.enrolled_from,
          })}
        </p>
      ) : null}
      {one.revoked_ts !== null ? <p>{text("revoked", { time: moment(one.revoked_ts) })}</p> : null}
      {one.token_expires_ts !== null ? (
        <p>{text("waiting", { time: moment(one.token_expires_ts) })}</p>
      ) : null}
      {asking ? <p>{text("sure", { edge: one.edge })}</p> : null}
      {has || one.token_expires_ts !== null ? (
        <div>
          {asking ? <Button onClick={() => setAsking(false)}>{text("cancel")}</Button> : null}
          <Button
            onClick={() => {
              if (asking) revoke();
              setAsking(!asking);
            }}
          >
            {text("revoke")}
          </Button>
        </div>
      ) : null}
    </article>
  );
}
