import { blocks } from "@runtime/registry";
import { localText } from "@sdk/i18n/catalogue";
import { nameOf } from "../canvas/ElementBox";
import { pageLanguage } from "../i18n/texts";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";
import type { CommandContext } from "./commands";

/** What a screen reader hears about the selection. */
export function selectionText(state: DesignerState, text: CommandContext["text"]): string {
  const { selection } = state;
  if (selection.length > 1) return text("say.selected_many", { count: String(selection.length) });
  const element = elementsOf(state.draft, state.canvas)[selection[0] ?? ""];
  if (!element) return "";
  const language = pageLanguage();
  const block = localText(blocks.get(element.type)?.manifest.name, language);
  const name = nameOf(element, language, block);
  return text(element.locked ? "say.selected_locked" : "say.selected", { name });
}
