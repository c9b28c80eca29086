import { AreaView } from "./AreaView";
import { ElementCore } from "./element_core";
import type { RuntimeScope } from "./scope";

/**
 * One element without its place: its block with everything the contract promises it, or what stands for it while
 * loading, when it failed, is unknown, or may not be seen. It fills the box it is put into.
 */
export function ElementBody({ id, scope }: { id: string; scope: RuntimeScope }) {
  return <ElementCore id={id} scope={scope} Area={AreaView} />;
}
