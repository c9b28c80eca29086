import { formatMoment, Icon, type IconName, useLocale, useServices } from "@sdk";
import type { ConfigState, EdgeConfigs } from "@sdk/api/edge_configs";
import shared from "../packages/packages.module.css";
import css from "./edge_config.module.css";
import { Problems } from "./Problems";
import { useConfigTexts } from "./texts";
import { reasonText, versionOf } from "./told";

const ICONS: Record<ConfigState["state"], IconName> = {
  watching: "clock",
  kept: "check",
  rolled_back: "undo",
  refused: "cross",
  unchanged: "check",
};

/** What the agent runs, and how the last push stands. */
export function Standing({ all, pushing }: { all: EdgeConfigs; pushing: boolean }) {
  const text = useConfigTexts();
  return (
    <section className={shared.item} aria-label={text("runs")}>
      <h2 className={css.heading}>{text("runs")}</h2>
      <Runs all={all} />
      <div role="status" className={css.status}>
        {pushing ? <Mark icon="clock" state="watching" words={text("sent")} /> : null}
        {all.state && !pushing && !isOver(all.state) ? <Last all={all} state={all.state} /> : null}
        {!all.state && !pushing ? (
          <p className={shared.hint}>
            {text("never")}. {text("never_hint")}
          </p>
        ) : null}
      </div>
    </section>
  );
}

/** Whether what was taken does not hold any longer: it was changed at the machine, which is told below. */
const isOver = ({ state, drift }: ConfigState) =>
  drift !== null && (state === "kept" || state === "unchanged");

function Runs({ all }: { all: EdgeConfigs }) {
  const text = useConfigTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const active = all.state?.active ?? "";
  if (active === "") return <p className={css.runs}>{text("runs_own")}</p>;
  const found = versionOf(all.versions, active);
  if (!found) return <p className={css.runs}>{text("runs_other", { hash: active.slice(0, 12) })}</p>;
  const time = formatMoment(found.ts, live.clock.now(), language);
  return (
    <>
      <p className={css.runs}>{text("runs_version", { no: String(found.no), author: found.author, time })}</p>
      <p className={shared.hint}>
        {found.note || text("no_note")} · <code title={active}>{active.slice(0, 12)}</code>
      </p>
    </>
  );
}

function Mark({ icon, state, words }: { icon: IconName; state: string; words: string }) {
  return (
    <p className={css.mark} data-state={state}>
      <Icon name={icon} size={18} />
      {words}
    </p>
  );
}

function Last({ all, state }: { all: EdgeConfigs; state: ConfigState }) {
  const text = useConfigTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const found = versionOf(all.versions, state.hash);
  const version = found ? text("version", { no: String(found.no) }) : text("version_unknown");
  const hint = state.state === "rolled_back" ? "" : text(`${state.state}_hint`);
  return (
    <>
      <Mark icon={ICONS[state.state]} state={state.state} words={text(state.state, { version })} />
      <p className={shared.hint}>
        {[state.reason && state.problems.length === 0 ? `${reasonText(state, text)}.` : "", hint]
          .filter(Boolean)
          .join(" ")}{" "}
        {text("at", { time: formatMoment(state.ts, live.clock.now(), language) })}
      </p>
      {state.problems.length > 0 ? <Problems problems={state.problems} /> : null}
    </>
  );
}
