import type { LocalText } from "@sdk";

/** What the inputs and writes of a block are called. */
interface BlockLabels {
  inputs: Readonly<Record<string, LocalText>>;
  writes: Readonly<Record<string, LocalText>>;
}

const found = import.meta.glob<BlockLabels>("../../../components/*/component.json", {
  eager: true,
  import: "default",
  query: "?labels",
});

const FOLDER = /([^/]+)\/component\.json$/;
const labels = new Map(Object.entries(found).map(([path, names]) => [FOLDER.exec(path)?.[1] ?? path, names]));

export const labelsOf = (type: string): BlockLabels | undefined => labels.get(type);
