import { blocks } from "@runtime/registry";
import { localText } from "@sdk/i18n/catalogue";
import { nameOf } from "../canvas/ElementBox";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";
import type { CommandContext } from "./commands";

const pageLanguage = (): "en" | "zh-CN" => (document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en");

/** What a screen reader hears about the selection. */
export function selectionText(state: DesignerState, text: CommandContext["text"]): string {
  const { selection } = state;
  if (selection.length > 1) return text("say.selected_many", { count: String(selection.length) });
  const element = elementsOf(state.draft, state.canvas)[selection[0] ?? ""];
  if (!element) return "";
  const language = pageLanguage();
  const block = localText(blocks.get(element.type)?.manifest.name, language);
  return text("say.selected", { name: nameOf(element, language, block) });
}
