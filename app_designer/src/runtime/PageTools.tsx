import { Button, Icon } from "@sdk";
import { useExplain } from "./explain/context";
import css from "./explain/explain.module.css";
import { useRuntimeTexts } from "./i18n/texts";
import { useShare } from "./share/context";
import { useTravel } from "./travel/context";

/** What one can do with a page as a whole: ask where a value comes from, look at the past, hand on the view. */
export function PageTools() {
  const explain = useExplain();
  const travel = useTravel();
  const share = useShare();
  const t = useRuntimeTexts();
  return (
    <div className={css.tools}>
      {explain ? (
        <Button
          square
          aria-pressed={explain.picking}
          aria-label={t("tools.explain")}
          title={t("tools.explain_hint")}
          onClick={() => explain.setPicking(!explain.picking)}
        >
          <Icon name="info" />
        </Button>
      ) : null}
      {travel && !travel.away ? (
        <Button
          square
          aria-label={t("tools.past")}
          title={t("tools.past_hint")}
          onClick={() => travel.depart()}
        >
          <Icon name="clock" />
        </Button>
      ) : null}
      {share ? (
        <Button
          square
          aria-label={t("tools.share")}
          title={t("tools.share_hint")}
          onClick={() => share.open()}
        >
          <Icon name="qr" />
        </Button>
      ) : null}
    </div>
  );
}
