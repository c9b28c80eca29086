import { useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useTexts } from "../i18n/texts";
import { isInUse, versionKey } from "../model/block_versions";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner } from "../model/hooks";
import { instancesBehind } from "../review/instance_changes";
import { ReviewButton } from "../review/ReviewButton";
import css from "./tools.module.css";

/** While a block is edited: which version it is, and the places that still show an older one. */
export function BlockBar() {
  const text = useTexts();
  const { language } = useLocale();
  const draft = useDesigner((state) => state.draft);
  const block = useDesigner((state) =>
    isBlockCanvas(state.canvas) ? state.draft.blocks[state.canvas.slice(6)] : undefined,
  );
  const fixed = useDesigner(
    (state) => block !== undefined && isInUse(state, versionKey(block.id, block.version)),
  );
  if (!block) return null;
  const older = instancesBehind(draft, block.id, block.version);
  return (
    <div className={css.sizeBar} role="note">
      <span>
        {text("bar.block", { name: localText(block.name, language), version: String(block.version) })}
        {fixed ? ` · ${text("block.in_use")}` : null}
        {" · "}
        {older.length > 0 ? text("block.instances", { count: String(older.length) }) : text("block.current")}
      </span>
      <span className={css.barActions}>
        <ReviewButton block={block.id} />
      </span>
    </div>
  );
}
