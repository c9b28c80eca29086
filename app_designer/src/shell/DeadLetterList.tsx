import { formatMoment, formatNumber, Icon, Notice, Skeleton, useLocale, useServices } from "@sdk";
import { ApiError, describeError } from "@sdk/api/problem";
import type { DeadLetter, DeadLetters, EdgeHealth, Health } from "@sdk/api/types";
import { formatBytes } from "@sdk/format/number";
import { refusalIn } from "@sdk/refusals";
import { useEffect, useState } from "react";
import { useDeadLetterTexts } from "./dead_letter_texts";
import css from "./health.module.css";
import shell from "./shell.module.css";

const deadAt = (edge: EdgeHealth) => edge.identity?.dead ?? 0;

/** Read anew when the health answer says that something was added or taken away, or what an agent booked of it. */
function useLetters(health: Health) {
  const { api } = useServices();
  const [letters, setLetters] = useState<DeadLetters | null>(null);
  const [error, setError] = useState<unknown>(null);
  const booked = health.gaps.filter(({ kind }) => kind === "dead").length;
  const mark = `${health.dead_letters} ${booked} ${health.edges.map(deadAt).join(" ")}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `mark` says when there is something new.
  useEffect(() => {
    const abort = new AbortController();
    api.deadLetters(abort.signal).then(
      (answer) => {
        setLetters(answer);
        setError(null);
      },
      (problem: unknown) => {
        if (!abort.signal.aborted) setError(problem);
      },
    );
    return () => abort.abort();
  }, [api, mark]);
  return { letters, error };
}

/** What agents sent and the platform could not take in: where, when, why, how much. */
export default function DeadLetterList({ health }: { health: Health }) {
  const text = useDeadLetterTexts();
  const { language } = useLocale();
  const { letters, error } = useLetters(health);
  const held = health.edges.filter((edge) => deadAt(edge) > 0);
  return (
    <>
      <h2 className={shell.screenSub}>{text("title")}</h2>
      <section className={`${css.box} ${css.scroll}`} tabIndex={0} aria-label={text("title")}>
        <Content letters={letters} error={error} now={health.now} />
        {held.map((edge) => (
          <p key={edge.id} className={css.why}>
            {text("held", { edge: edge.id, n: formatNumber(deadAt(edge), 0, language) })}
          </p>
        ))}
        {held.length > 0 || letters?.letters.length ? <p className={css.hint}>{text("hint")}</p> : null}
      </section>
    </>
  );
}

function Content({ letters, error, now }: { letters: DeadLetters | null; error: unknown; now: number }) {
  const { language, t } = useLocale();
  const text = useDeadLetterTexts();
  if (error instanceof ApiError && error.status === 403)
    return <Notice icon="lock" title={text("forbidden")} hint={text("forbidden_hint")} />;
  if (error) return <Notice icon="warn" title={describeError(error, t)} tone="alarm" />;
  if (!letters) return <Skeleton width="100%" height="40px" />;
  const { kept } = letters;
  if (letters.letters.length === 0)
    return (
      <span className={css.mark} data-up={kept === 0 ? true : undefined}>
        <Icon name={kept === 0 ? "check" : "lock"} size={18} />
        {kept === 0 ? text("none") : text("unseen", { n: formatNumber(kept, 0, language) })}
      </span>
    );
  return <Table letters={letters.letters} kept={kept} now={now} />;
}

function Table({ letters, kept, now }: { letters: DeadLetter[]; kept: number; now: number }) {
  const { language } = useLocale();
  const text = useDeadLetterTexts();
  const heads = ["where", "received", "reason", "values", "size"] as const;
  const count = (n: number) => formatNumber(n, 0, language);
  return (
    <>
      <table className={css.table}>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {text(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {letters.map((one) => (
            <tr key={one.id}>
              <td>{[one.edge, one.connection].filter(Boolean).join(" / ") || text("unknown")}</td>
              <td data-label={text("received")}>{formatMoment(one.received, now, language)}</td>
              <td data-wide title={`${one.code} ${one.reason}`}>
                {refusalIn(language, one.code)}
              </td>
              <td data-label={text("values")}>{one.points === null ? text("unknown") : count(one.points)}</td>
              <td data-label={text("size")}>{formatBytes(one.bytes, language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {kept > letters.length ? (
        <p className={css.hint}>{text("shown", { shown: count(letters.length), n: count(kept) })}</p>
      ) : null}
    </>
  );
}
