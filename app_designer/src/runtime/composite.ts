import type { CompositeDocument, Element } from "../generated/documents.gen";
import type { RuntimeScope } from "./scope";

const PREFIX = "composite.";

/** Whether an element shows a block of its app. */
export const isComposite = (type: string): boolean => type.startsWith(PREFIX);

/** Id of the block that a type names. */
export const compositeName = (type: string): string => type.slice(PREFIX.length);

/** The block of the app that an element shows: exactly the version it names. */
export function compositeOf(
  scope: Pick<RuntimeScope, "loaded">,
  element: Pick<Element, "type" | "props_version">,
): CompositeDocument | null {
  if (!isComposite(element.type)) return null;
  return scope.loaded.blocks[`${compositeName(element.type)}.${element.props_version}`] ?? null;
}
