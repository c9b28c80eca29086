import { Icon } from "@sdk";
import type { ConfigAnswer, ConfigChange } from "@sdk/api/edge_configs";
import css from "./edge_config.module.css";
import { Problems } from "./Problems";
import { useConfigTexts } from "./texts";

/** What the agent says to a text: its problems, or what it would change, in words. */
export function DryRun({ answer, go }: { answer: ConfigAnswer; go: (line: number) => void }) {
  const text = useConfigTexts();
  if (answer.state !== "checked") {
    return (
      <div className={css.result} role="alert">
        <p className={css.mark} data-state="refused">
          <Icon name="cross" size={18} />
          {text("problems", { n: String(answer.problems.length) })}
        </p>
        <Problems problems={answer.problems} go={go} />
      </div>
    );
  }
  return (
    <div className={css.result} role="status">
      <p className={css.mark} data-state="kept">
        <Icon name="check" size={18} />
        {text("clean")}
      </p>
      <Changes changes={answer.changes} />
      <p>{text(answer.changes.length === 0 ? "nothing" : "untouched")}</p>
    </div>
  );
}

/** Connections that come, go or change, in words. */
export function Changes({ changes }: { changes: ConfigChange[] }) {
  return (
    <ul className={css.changes}>
      {changes.map((one) => (
        <li key={one.connection}>
          <Icon name={ICONS[one.what]} size={18} />
          <Words one={one} />
        </li>
      ))}
    </ul>
  );
}

const ICONS = { added: "plus", removed: "minus", changed: "edit" } as const;

function Words({ one }: { one: ConfigChange }) {
  const text = useConfigTexts();
  const { connection, fields } = one;
  if (one.what === "added") return <span>{text("added", { connection, tags: String(one.tags_added) })}</span>;
  if (one.what === "removed")
    return <span>{text("removed", { connection, tags: String(one.tags_removed) })}</span>;
  const counts = {
    added: String(one.tags_added),
    removed: String(one.tags_removed),
    changed: String(one.tags_changed),
  };
  const some = one.tags_added + one.tags_removed + one.tags_changed > 0;
  const parts = [
    fields.length > 0 ? text("fields", { names: fields.join(", ") }) : "",
    some ? text("tags", counts) : "",
  ].filter(Boolean);
  return <span>{[text("changed", { connection }), ...parts].join(" · ")}</span>;
}
