import { Button, Icon } from "@sdk";
import { useExplain } from "./explain/context";
import css from "./explain/explain.module.css";
import { useExplainTexts } from "./explain/texts";
import { useShare } from "./share/context";
import { useShareTexts } from "./share/texts";
import { useTravel } from "./travel/context";
import { useTravelTexts } from "./travel/texts";

/** What one can do with a page as a whole: ask where a value comes from, look at the past, hand on the view. */
export function PageTools() {
  const explain = useExplain();
  const travel = useTravel();
  const share = useShare();
  const explainText = useExplainTexts();
  const travelText = useTravelTexts();
  const shareText = useShareTexts();
  return (
    <div className={css.tools}>
      {explain ? (
        <Button
          square
          aria-pressed={explain.picking}
          aria-label={explainText("explain")}
          title={explainText("explain_hint")}
          onClick={() => explain.setPicking(!explain.picking)}
        >
          <Icon name="info" />
        </Button>
      ) : null}
      {travel && !travel.away ? (
        <Button
          square
          aria-label={travelText("open")}
          title={travelText("open_hint")}
          onClick={() => travel.depart()}
        >
          <Icon name="clock" />
        </Button>
      ) : null}
      {share ? (
        <Button
          square
          aria-label={shareText("share")}
          title={shareText("share_hint")}
          onClick={() => share.open()}
        >
          <Icon name="qr" />
        </Button>
      ) : null}
    </div>
  );
}
