import { editableBlock } from "../model/block_versions";
import type { DesignerStore } from "../model/contract";

/** Opens a block to be edited; a version in use gets a successor, which is what is opened. */
export function editBlock(store: DesignerStore, block: string, label: string): void {
  const found = editableBlock(store.getState(), block);
  if (!found) return;
  if (found.changes.length > 0) store.change(label, found.changes);
  store.open(found.canvas);
}
