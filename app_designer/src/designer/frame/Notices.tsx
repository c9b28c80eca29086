import { Button, formatMoment, Icon, useLocale, useServices } from "@sdk";
import { useState } from "react";
import { useTexts } from "../i18n/texts";
import type { DesignerSession } from "../model/create";
import { useDesigner } from "../model/hooks";
import css from "./notices.module.css";
import { useWorkbench } from "./workbench";

/** What a person has to know now: work that came back after a crash, no connection, a decision to make. */
export function Notices({ session }: { session: DesignerSession }) {
  const text = useTexts();
  const { language } = useLocale();
  const { live } = useServices();
  const { openPanel, panel } = useWorkbench();
  const [seen, setSeen] = useState(false);
  const save = useDesigner((state) => state.save);
  const conflict = useDesigner((state) => state.conflicts[0]);
  const { recovered } = session;
  return (
    <div className={css.notices} role="status">
      {recovered !== null && !seen ? (
        <div className={css.notice}>
          <Icon name="clock" size={18} />
          <span>
            {text("save.recovered", { time: formatMoment(recovered * 1000, live.clock.now(), language) })}
          </span>
          <Button onClick={() => setSeen(true)}>{text("save.dismiss")}</Button>
        </div>
      ) : null}
      {save === "offline" ? (
        <div className={css.notice} data-tone="warn">
          <Icon name="offline" size={18} />
          <span>{text("save.offline_hint")}</span>
        </div>
      ) : null}
      {conflict && panel !== "conflicts" ? (
        <div className={css.notice} data-tone="warn">
          <Icon name="question" size={18} />
          <span>{text("conflict.hint", { who: conflict.by || text("conflict.somebody") })}</span>
          <Button onClick={() => openPanel("conflicts")}>{text("save.conflict")}</Button>
        </div>
      ) : null}
    </div>
  );
}
