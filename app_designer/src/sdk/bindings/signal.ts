import type { Transform } from "../../generated/documents.gen";
import type { LocalText, Tag, TagMeta, Value } from "../api/types";
import { type Language, localText } from "../i18n/catalogue";
import type { Sample } from "../quality";

/** Why an input has nothing to show. */
export type SignalProblem =
  | "unmapped"
  | "no_permission"
  | "unsupported"
  /** It would depend on itself, through what elements give out. */
  | "cycle"
  /** Its formula cannot be read. */
  | "formula";

/** A value that is no tag's: a state, an output, an expression, a number of a history. */
export interface ValueCell {
  get(): Sample | null;
  subscribe(listener: () => void): () => void;
  /** Whether it depends on the platform: without a link it is not current. */
  readonly live: boolean;
  /** The signals it is made of, for "explain this number". */
  readonly parts?: () => readonly { name: string; signal: Signal }[];
  /** Its formula, for "explain this number". */
  readonly formula?: string;
}

/** Where a value that is no plain tag's comes from, for "explain this number". */
export type SignalOrigin =
  | { kind: "static" }
  | { kind: "param" | "user" | "state"; name: string }
  | { kind: "output"; element: string; name: string }
  /** `range` null: that of the page. */
  | { kind: "history"; fn: string; range: string | null };

/** One resolved binding of an element: the tag behind (asset, role), a cell, a constant, or why there is none. */
export interface Signal {
  /** Stable within the element. */
  key: string;
  asset: string | null;
  assetName: string | null;
  role: string | null;
  tag: Tag | null;
  /** A constant instead of a tag. */
  constant?: Value;
  /** A computed or kept value instead of a tag. */
  cell?: ValueCell;
  /** What is known of a value that is no tag's: unit, decimals, limits, texts. */
  meta?: TagMeta;
  origin?: SignalOrigin;
  /** Name of a value that is no tag's. */
  label?: LocalText;
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
  const given = localText(signal.label, language);
  if (given) return given;
  const described = tag?.meta.description_i18n?.[language] || tag?.meta.description;
  if (described) return described;
  if (tag) return tag.key;
  return signal.role ?? "";
}

/** Unit, limits, texts and colours of a signal, whatever its source. */
export function signalMeta(signal: Signal): TagMeta {
  return signal.tag?.meta ?? signal.meta ?? {};
}
