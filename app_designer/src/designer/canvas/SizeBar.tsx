import { Button } from "@sdk";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import { isBlockCanvas } from "../model/canvas_key";
import { useDesigner, useDesignerStore } from "../model/hooks";
import { resetOverrides } from "../model/page_operations";
import css from "./tools.module.css";

/** Says what an edit at a smaller size means, and takes such edits back. */
export function SizeBar() {
  const text = useTexts();
  const store = useDesignerStore();
  const { announce } = useWorkbench();
  const size = useDesigner((state) => (isBlockCanvas(state.canvas) ? "lg" : state.breakpoint));
  const own = useDesigner((state) => size !== "lg" && Boolean(state.draft.pages[state.canvas]?.layout[size]));
  if (size === "lg") return null;
  const reset = () => {
    const { draft, canvas } = store.getState();
    store.change(text("canvas.reset"), resetOverrides({ draft, canvas }, size));
    announce(text("canvas.reset"));
  };
  return (
    <div className={css.sizeBar} role="note">
      <span>{text(own ? `canvas.own_${size}` : `canvas.auto_${size}`)}</span>
      {own ? <Button onClick={reset}>{text("canvas.reset")}</Button> : null}
    </div>
  );
}
