import { Icon } from "@sdk";
import { useEffect } from "react";
import { useTexts } from "../../i18n/texts";
import { hasFreeArea } from "../../model/areas";
import { useDesigner, useDesignerStore } from "../../model/hooks";
import { setPipeTool, usePipeDrawing } from "./pipe_drawing";
import css from "./pipes.module.css";

/** On a free canvas: shows every connection point, to draw pipes from one to another. */
export function PipeTool() {
  const text = useTexts();
  const store = useDesignerStore();
  const { tool } = usePipeDrawing();
  const canvas = useDesigner((state) => state.canvas);
  const fits = useDesigner((state) => state.breakpoint !== "sm" && hasFreeArea(state.draft, state.canvas));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another canvas begins without the tool.
  useEffect(() => () => setPipeTool(false), [canvas]);
  useEffect(() => {
    if (!tool) return;
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      setPipeTool(false);
    };
    addEventListener("keydown", leave, true);
    return () => removeEventListener("keydown", leave, true);
  }, [tool]);
  if (!fits) return null;
  return (
    <button
      type="button"
      className={css.tool}
      aria-pressed={tool}
      title={text("pipes.hint")}
      data-ui="true"
      onClick={() => {
        store.select([]);
        setPipeTool(!tool);
      }}
    >
      <Icon name="pipe" size={18} />
      {text("pipes.tool")}
    </button>
  );
}
