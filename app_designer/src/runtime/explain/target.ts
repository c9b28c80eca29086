import { localText } from "@sdk/i18n/catalogue";
import { blocks } from "../registry";
import type { ExplainTarget } from "./context";

/** Whether an element has anything to explain. */
export function isExplainable({ id, scope }: ExplainTarget): boolean {
  return Object.keys(scope.elements[id]?.bind ?? {}).length > 0;
}

/** What the reader knows the element by. */
export function elementName({ id, scope }: ExplainTarget): string {
  const element = scope.elements[id];
  if (!element) return id;
  const title = element.props?.title;
  const given =
    typeof title === "string" ? title : localText(title as Record<string, string>, scope.language);
  return (
    given ||
    element.name ||
    localText(blocks.get(element.type)?.manifest.name, scope.language) ||
    element.type
  );
}
