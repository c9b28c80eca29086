import { Button, formatMoment, Notice, useLocale, useServices } from "@sdk";
import type { ConfigVersion, EdgeConfigs, EdgeConfigsApi } from "@sdk/api/edge_configs";
import { describeError } from "@sdk/api/problem";
import { useState } from "react";
import shared from "../packages/packages.module.css";
import shell from "../shell.module.css";
import css from "./edge_config.module.css";
import { useConfigTexts } from "./texts";
import { versionOf } from "./told";

interface VersionsProps {
  all: EdgeConfigs;
  api: EdgeConfigsApi;
  use: (version: ConfigVersion) => void;
}

/** Every version, newest first: whose, why, what it changed; any of them can be used again. */
export function Versions({ all, api, use }: VersionsProps) {
  const text = useConfigTexts();
  const active = versionOf(all.versions, all.state?.active ?? "");
  const trial = all.state?.state === "watching" ? versionOf(all.versions, all.state.hash) : undefined;
  return (
    <section aria-label={text("history")}>
      <h2 className={shell.screenSub}>{text("history")}</h2>
      {all.versions.length === 0 ? (
        <div className={shell.emptyBox}>
          <Notice icon="list" title={text("history_none")} hint={text("history_none_hint")} />
        </div>
      ) : null}
      <ul className={shared.list}>
        {all.versions.map((one) => (
          <li key={one.no}>
            <Version
              one={one}
              badge={one === trial ? text("trial") : one === active ? text("running") : ""}
              api={api}
              use={use}
            />
          </li>
        ))}
      </ul>
    </section>
  );
}

interface VersionProps {
  one: ConfigVersion;
  badge: string;
  api: EdgeConfigsApi;
  use: (version: ConfigVersion) => void;
}

function Version({ one, badge, api, use }: VersionProps) {
  const text = useConfigTexts();
  const { language, t } = useLocale();
  const { live } = useServices();
  const [diff, setDiff] = useState<string | null>(null);
  const [error, setError] = useState("");
  const no = String(one.no);
  const version = text("version", { no });
  const show = () => {
    setError("");
    api.diff(one.no, one.no - 1).then(setDiff, (problem) => setError(describeError(problem, t)));
  };
  const isOpen = diff !== null;
  return (
    <article className={shared.item} aria-label={text("number", { no })}>
      <h3 className={css.heading}>
        {text("number", { no })} {badge ? <span className={css.badge}>{badge}</span> : null}
      </h3>
      <p>{one.note || text("no_note")}</p>
      <p className={shared.hint}>
        {text("by", { author: one.author, time: formatMoment(one.ts, live.clock.now(), language) })} ·{" "}
        <code title={one.hash}>{one.hash.slice(0, 12)}</code>
      </p>
      <div className={css.ways}>
        <Button
          aria-label={isOpen ? text("hide") : `${text("show")}, ${version}`}
          aria-expanded={isOpen}
          onClick={() => (isOpen ? setDiff(null) : show())}
        >
          {text(isOpen ? "hide" : "show")}
        </Button>
        <Button aria-label={`${text("use")}, ${version}`} onClick={() => use(one)}>
          {text("use")}
        </Button>
      </div>
      {error ? <Notice icon="warn" title={error} tone="alarm" /> : null}
      {isOpen ? <Diff diff={diff} /> : null}
    </article>
  );
}

const SIGNS: Record<string, string> = { "+": "in", "-": "out", "@": "place" };

/** A unified diff, line by line. */
export function Diff({ diff }: { diff: string }) {
  const text = useConfigTexts();
  if (diff === "") return <p className={shared.hint}>{text("same")}</p>;
  // The first two lines name the two sides, which the heading does.
  const rows = diff
    .split("\n")
    .slice(2)
    .map((line, at) => ({ line, at }));
  return (
    <section className={css.diff} tabIndex={0} aria-label={text("show")}>
      {rows.map(({ line, at }) => (
        <code key={at} data-sign={SIGNS[line[0] ?? ""]}>
          {line || " "}
        </code>
      ))}
    </section>
  );
}
