import { Button, useLocale } from "@sdk";
import { localText } from "@sdk/i18n/catalogue";
import { useTexts } from "../i18n/texts";
import { isBlockCanvas } from "../model/canvas_key";
import { instancesOf, updateInstances } from "../model/composite_operations";
import { useDesigner, useDesignerStore } from "../model/hooks";
import css from "./tools.module.css";

/** While a block is edited: which version it is, and the places that still show an older one. */
export function BlockBar() {
  const text = useTexts();
  const { language } = useLocale();
  const store = useDesignerStore();
  const draft = useDesigner((state) => state.draft);
  const block = useDesigner((state) =>
    isBlockCanvas(state.canvas) ? state.draft.blocks[state.canvas.slice(6)] : undefined,
  );
  if (!block) return null;
  const older = instancesOf(draft, block.id).filter((instance) => instance.version < block.version);
  const update = (some: typeof older) =>
    store.change(
      text("block.update", { version: String(block.version) }),
      updateInstances(some, block.version),
    );
  const [first] = older;
  return (
    <div className={css.sizeBar} role="note">
      <span>
        {text("bar.block", { name: localText(block.name, language), version: String(block.version) })}
        {" · "}
        {older.length > 0 ? text("block.instances", { count: String(older.length) }) : text("block.current")}
      </span>
      {first ? (
        <span className={css.barActions}>
          <Button
            onClick={() => {
              store.open(first.canvas);
              store.select([first.id]);
            }}
          >
            {text("block.go")}
          </Button>
          <Button onClick={() => update(older)}>{text("block.update_all")}</Button>
        </span>
      ) : null}
    </div>
  );
}
