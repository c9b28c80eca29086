import { Button, Icon } from "@sdk";
import { useExplain } from "./explain/context";
import css from "./explain/explain.module.css";
import { useExplainTexts } from "./explain/texts";

/** What one can do with a page as a whole: ask where a value comes from. */
export function PageTools() {
  const explain = useExplain();
  const t = useExplainTexts();
  if (!explain) return null;
  return (
    <div className={css.tools}>
      <Button
        square
        aria-pressed={explain.picking}
        aria-label={t("explain")}
        title={t("explain_hint")}
        onClick={() => explain.setPicking(!explain.picking)}
      >
        <Icon name="info" />
      </Button>
    </div>
  );
}
