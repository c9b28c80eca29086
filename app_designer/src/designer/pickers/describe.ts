import type { Bound } from "@runtime/binding";
import { useLocale } from "@sdk";
import { assetName } from "@sdk/bindings/asset_name";
import type { AreaTranslate } from "@sdk/i18n/area";
import { type Language, localText } from "@sdk/i18n/catalogue";
import type { IconName } from "@sdk/ui/Icon";
import { useCallback } from "react";
import { elementsOf } from "../model/canvas_key";
import type { DesignerState } from "../model/contract";
import { useDesignerStore } from "../model/hooks";
import { paramsOf, paramValue } from "./design_scope";
import { elementName, type Manifests, useManifests } from "./manifests";
import { indexOf, roleLabel } from "./plant_index";
import { type PickerText, usePickerTexts } from "./texts";

/** A binding in a few words. */
export interface Described {
  title: string;
  /** Which kind of source it is. */
  source: string;
  icon: IconName;
}

interface Words {
  state: DesignerState;
  manifests: Manifests;
  language: Language;
  t: AreaTranslate<PickerText>;
}

const ICONS: Partial<Record<Bound["source"], IconName>> = {
  tag: "value",
  history: "trend",
  expression: "formula",
  param: "target",
  user: "user",
  output: "link",
  state: "state",
};

/** The name of an asset, or of the parameter that says which. */
export function assetWords({ state, language, t }: Words, asset: string | { param: string }): string {
  if (typeof asset === "string") return assetName(indexOf(state.plant).assets.get(asset), asset, language);
  const param = paramsOf(state.draft, state.canvas)[asset.param];
  return t("param_asset", { name: localText(param?.label, language) || asset.param });
}

function roleWords(words: Words, bound: Extract<Bound, { source: "tag" | "history" }>): string {
  const { state, language, t } = words;
  const asset = assetWords(words, bound.asset);
  if (bound.role === "*") return t("whole", { name: asset });
  const id = typeof bound.asset === "string" ? bound.asset : paramValue(state, bound.asset.param);
  const at = indexOf(state.plant)
    .rolesAt.get(id)
    ?.find((entry) => entry.role === bound.role);
  const role = roleLabel(at ?? { role: bound.role, spec: null, tag: null }, language);
  return `${asset} · ${role}`;
}

/** A constant; one that is the id of a machine is read as its name. */
function constantWords({ state, language }: Words, value: string | number | boolean | null): string {
  if (value === null) return "—";
  const asset = typeof value === "string" ? indexOf(state.plant).assets.get(value) : undefined;
  return asset ? assetName(asset, asset.id, language) : String(value);
}

function titleOf(words: Words, bound: Bound): string {
  const { state, manifests, language, t } = words;
  switch (bound.source) {
    case "tag":
      return roleWords(words, bound);
    case "history":
      return `${roleWords(words, bound)} · ${t(`fn.${bound.fn ?? "course"}`)}`;
    case "state":
      return bound.name;
    case "param": {
      const param = paramsOf(state.draft, state.canvas)[bound.param];
      return localText(param?.label, language) || bound.param;
    }
    case "user":
      return t(`user.${bound.field}`);
    case "output": {
      const element = elementsOf(state.draft, state.canvas)[bound.element];
      if (!element) return bound.element;
      const label = localText(manifests.get(element.type)?.outputs?.[bound.output]?.label, language);
      return `${elementName(element, state.draft, manifests, language)} · ${label || bound.output}`;
    }
    case "expression":
      return bound.text || t("formula");
    case "static":
      return constantWords(words, bound.value);
    default:
      return bound.source;
  }
}

const SOURCES: Partial<Record<Bound["source"], PickerText>> = {
  tag: "plant",
  history: "plant",
  state: "state",
  output: "output",
  param: "param",
  user: "user",
  expression: "formula",
  static: "constant",
};

export function describe(words: Words, bound: Bound): Described {
  const source = SOURCES[bound.source];
  return {
    title: titleOf(words, bound),
    source: source ? words.t(source) : bound.source,
    icon: ICONS[bound.source] ?? "value",
  };
}

/** Puts bindings into words in the reader's language. */
export function useDescribe(): (bound: Bound) => Described {
  const store = useDesignerStore();
  const manifests = useManifests();
  const { language } = useLocale();
  const t = usePickerTexts();
  return useCallback(
    (bound) => describe({ state: store.getState(), manifests, language, t }, bound),
    [store, manifests, language, t],
  );
}
