import { Icon, type IconName, useLocale } from "@sdk";
import { describeError } from "@sdk/api/problem";
import { type DesignerText, useTexts } from "../i18n/texts";
import type { SaveState } from "../model/contract";
import type { DesignerSession } from "../model/create";
import { useDesigner } from "../model/hooks";
import css from "./frame.module.css";
import { useWorkbench } from "./workbench";

const ICONS: Record<SaveState, IconName> = {
  saved: "check",
  waiting: "clock",
  saving: "clock",
  offline: "offline",
  conflict: "question",
  error: "warn",
};

/** Whether all is with the server, in a word and a sign; with a way to what needs a decision. */
export function SaveMark({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const { t } = useLocale();
  const { openPanel } = useWorkbench();
  const save = useDesigner((state) => state.save);
  const word = text(`save.${save}` as DesignerText);
  const content = (
    <>
      <Icon name={ICONS[save]} size={16} />
      <span className={css.wideOnly}>{word}</span>
    </>
  );
  const why = session.problem();
  const hint =
    save === "offline"
      ? text("save.offline_hint")
      : save === "error"
        ? text("save.error_hint", { why: describeError(why, t) })
        : word;
  if (save === "conflict" || save === "error") {
    return (
      <button
        type="button"
        className={css.save}
        data-state={save}
        title={hint}
        aria-label={hint}
        onClick={() =>
          save === "conflict" ? openPanel("conflicts") : void session.flush().catch(() => undefined)
        }
      >
        {content}
      </button>
    );
  }
  return (
    <span className={css.save} data-state={save} title={hint} role="status" aria-label={word}>
      {content}
    </span>
  );
}
