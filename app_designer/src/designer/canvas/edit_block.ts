import { editableBlock } from "../model/composite_operations";
import type { DesignerStore } from "../model/contract";

/** Opens a block to be edited; a version in use gets a successor, which is what is opened. */
export function editBlock(store: DesignerStore, block: string, label: string): void {
  const found = editableBlock(store.getState().draft, block);
  if (!found) return;
  if (found.changes.length > 0) store.change(label, found.changes);
  store.open(found.canvas);
}
