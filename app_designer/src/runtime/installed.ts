import type { CodeBlock, InstalledBlock } from "@sdk/api/code_blocks";
import type { AppDocument } from "../generated/documents.gen";

let offered: readonly CodeBlock[] = [];

/** What is installed, all versions, the newest of each first: from what the designer offers. */
export function offerBlocks(list: readonly CodeBlock[]): void {
  offered = list;
}

/** The installed versions of a block, the newest first. */
export const offeredVersions = (id: string): CodeBlock[] => offered.filter((one) => one.id === id);

export type Pins = NonNullable<AppDocument["code_blocks"]>;

/** Of each block the newest version. `offered` has the newest of each first. */
export function newestBlocks(offered: readonly CodeBlock[]): CodeBlock[] {
  const newest = new Map<string, CodeBlock>();
  for (const block of offered) if (!newest.has(block.id)) newest.set(block.id, block);
  return [...newest.values()];
}

/**
 * What an app sees: of each block the exact version it names, and of those it does not name the newest. A version that
 * is named and not here is not replaced by another.
 */
export function chosenBlocks(offered: readonly CodeBlock[], pins: Pins | undefined): InstalledBlock[] {
  const named = Object.entries(pins ?? {}).flatMap(
    ([id, pin]) =>
      offered.find((one) => one.id === id && one.version === pin.version && one.hash === pin.hash) ?? [],
  );
  return [...named, ...newestBlocks(offered).filter(({ id }) => !pins || !Object.hasOwn(pins, id))];
}

/** The same of what the designer offers. */
export const offeredBlocks = (pins: Pins | undefined): InstalledBlock[] => chosenBlocks(offered, pins);
