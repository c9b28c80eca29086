import { useMemo } from "react";
import { useWorkbench } from "../frame/workbench";
import { useTexts } from "../i18n/texts";
import type { CommandContext } from "../keys/commands";
import { useDesignerStore } from "../model/hooks";

export const MAKE_BLOCK = "designer-make-block";

/** What commands work with here. */
export function useCommandContext(): CommandContext {
  const store = useDesignerStore();
  const text = useTexts();
  const { announce } = useWorkbench();
  return useMemo(
    () => ({ store, text, announce, makeBlock: () => dispatchEvent(new CustomEvent(MAKE_BLOCK)) }),
    [store, text, announce],
  );
}
