import { Button, Icon } from "@sdk";
import { Glyph } from "../frame/Glyph";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import css from "./tools.module.css";

/** An empty page offers the first step. */
export function EmptyPage() {
  const text = useTexts();
  const { showLeft, openOverlay } = useWorkbench();
  const block = useDesigner((state) => isBlockCanvas(state.canvas));
  return (
    <div className={css.emptyPage}>
      <div className={css.emptyCard} data-ui="true">
        <Icon name="apps" size={28} />
        <strong>{text("canvas.empty_title")}</strong>
        <p>{text("canvas.empty_hint")}</p>
        <div className={css.emptyActions}>
          <Button look="primary" onClick={() => showLeft("blocks")}>
            <Glyph name="blocks" />
            {text("canvas.empty_blocks")}
          </Button>
          <Button onClick={() => showLeft("data")}>
            <Glyph name="data" />
            {text("canvas.empty_data")}
          </Button>
          {block ? null : (
            <Button onClick={() => openOverlay("starter")}>
              <Icon name="press" size={18} />
              {text("canvas.empty_starter")}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
