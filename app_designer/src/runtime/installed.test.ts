import type { CodeBlock } from "@sdk/api/code_blocks";
import { afterEach, expect, test, vi } from "vitest";
import ring from "../../components/sandbox_demo/component.json";
import { chosenBlocks, newestBlocks } from "./installed";
import { blockIn, blocks, loadManifests, onInstalled, showInstalled } from "./registry";

const block = (id: string, version: string, change: Partial<CodeBlock> = {}): CodeBlock =>
  ({
    id,
    version,
    hash: `${id}${version}`,
    granted: [],
    manifest: { ...ring, id, version },
    ...change,
  }) as unknown as CodeBlock;
const OFFERED = [block("acme.ring", "2.0.0"), block("acme.ring", "1.0.0"), block("b.plan", "1.0.0")];
const hashes = (list: readonly { hash: string }[]) => list.map(({ hash }) => hash);

afterEach(() => showInstalled([]));

test("an app sees what it names, and the newest of the rest", () => {
  expect(hashes(newestBlocks(OFFERED))).toEqual(["acme.ring2.0.0", "b.plan1.0.0"]);
  const pin = { version: "1.0.0", hash: "acme.ring1.0.0" };
  expect(hashes(chosenBlocks(OFFERED, { "acme.ring": pin }))).toEqual(["acme.ring1.0.0", "b.plan1.0.0"]);
  expect(hashes(chosenBlocks(OFFERED, undefined))).toEqual(["acme.ring2.0.0", "b.plan1.0.0"]);
});

test("what it names and is not here is replaced by nothing", () => {
  const gone = { version: "3.0.0", hash: "x" };
  expect(hashes(chosenBlocks(OFFERED, { "acme.ring": gone }))).toEqual(["b.plan1.0.0"]);
  const other = { version: "1.0.0", hash: "x" };
  expect(hashes(chosenBlocks(OFFERED, { "acme.ring": other }))).toEqual(["b.plan1.0.0"]);
});

test("an installed block is found like any other, from its manifest alone", async () => {
  const heard = vi.fn();
  const stop = onInstalled(heard);
  const [first] = OFFERED as [CodeBlock];
  showInstalled([first]);
  expect(blocks.get("acme.ring")?.manifest).toMatchObject({
    version: "2.0.0",
    defaults: { min: 0, max: 100 },
  });
  expect((await loadManifests()).map(({ id }) => id)).toContain("acme.ring");
  const view = blocks.get("acme.ring")?.View;
  showInstalled([{ ...first }]);
  expect(blocks.get("acme.ring")?.View).toBe(view);
  expect(heard).toHaveBeenCalledTimes(1);
  showInstalled([{ ...first, granted: ["clipboard"] }]);
  expect(blocks.get("acme.ring")?.View).not.toBe(view);
  showInstalled([]);
  expect(blocks.has("acme.ring")).toBe(false);
  stop();
});

test("two versions of an app beside each other draw each its own version of a block", () => {
  const [newer, older] = OFFERED as [CodeBlock, CodeBlock];
  showInstalled([newer]);
  const shown = blocks.get("acme.ring");
  expect(blockIn("acme.ring", undefined)).toBe(shown);
  expect(blockIn("acme.ring", [newer])).toBe(shown);
  expect(blockIn("acme.ring", [older])?.manifest.version).toBe("1.0.0");
  expect(blockIn("acme.ring", [older])?.View).not.toBe(shown?.View);
  expect(blockIn("acme.ring", [])).toBe(undefined);
  expect(blockIn("value", [block("value", "9.0.0")])).toBe(blocks.get("value"));
  expect(blocks.get("acme.ring")).toBe(shown);
});

test("no installed block takes the place of a built-in one", async () => {
  const own = blocks.get("value");
  showInstalled([block("value", "9.0.0")]);
  expect(blocks.get("value")).toBe(own);
  expect((await loadManifests()).filter(({ id }) => id === "value")).toHaveLength(1);
  showInstalled([]);
  expect(blocks.get("value")).toBe(own);
});
