import type { Transform } from "../../generated/documents.gen";
import type { Tag, Value } from "../api/types";
import type { Language } from "../i18n/catalogue";

/** Why an input has nothing to show. */
export type SignalProblem = "unmapped" | "no_permission" | "unsupported";

/** One resolved binding of an element: the tag behind (asset, role), or a constant, or why there is neither. */
export interface Signal {
  /** Stable within the element. */
  key: string;
  asset: string | null;
  assetName: string | null;
  role: string | null;
  tag: Tag | null;
  /** A constant instead of a tag. */
  constant?: Value;
  problem: SignalProblem | null;
  transforms: readonly Transform[];
}

/** A signal straight from a tag, as Explore and the details use it. */
export function signalOfTag(tag: Tag): Signal {
  return {
    key: String(tag.id),
    asset: tag.asset ?? null,
    assetName: null,
    role: tag.role ?? null,
    tag,
    problem: null,
    transforms: [],
  };
}

/** The short name of a signal in the reader's language, where nothing else is given. */
export function signalName(signal: Signal, language: Language): string {
  const { tag } = signal;
  const described = tag?.meta.description_i18n?.[language] || tag?.meta.description;
  if (described) return described;
  if (tag) return tag.key;
  return signal.role ?? "";
}
