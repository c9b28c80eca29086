import type { Bound } from "@runtime/binding";
import { type Language, localText } from "@sdk/i18n/catalogue";
import { dimensionOf } from "@sdk/units";
import type { ComponentManifest, Element, Suggest, SuggestWhen } from "../../generated/documents.gen";
import type { Manifests } from "../pickers/manifests";
import { roleBinding } from "../pickers/PlantPane";
import type { RoleAt } from "../pickers/plant_index";
import { misfitOf, wantedByInput } from "../pickers/wanted";
import type { DropChoice } from "./drop_choice";

const CHOICES_MAX = 8;

const filled = (value: object | null | undefined): boolean =>
  value !== null &&
  value !== undefined &&
  Object.values(value).some((entry) => entry !== null && entry !== undefined);

const fitsFlag = (wanted: boolean | null | undefined, is: boolean): boolean =>
  wanted === null || wanted === undefined || wanted === is;

/** Whether a value is what a block says it is made for: all that is given must hold. */
export function suits(when: SuggestWhen, at: RoleAt): boolean {
  const meta = at.tag?.meta ?? {};
  const kinds = when.kind ?? [];
  const units = when.units ?? [];
  const roles = when.roles ?? [];
  return (
    (kinds.length === 0 || (at.tag !== null && kinds.includes(at.tag.kind))) &&
    (units.length === 0 || units.includes(meta.unit ?? "")) &&
    (roles.length === 0 || roles.includes(at.role)) &&
    fitsFlag(when.has_limits, filled(meta.limits)) &&
    fitsFlag(when.has_span, filled(meta.span)) &&
    fitsFlag(when.has_texts, filled(meta.texts)) &&
    fitsFlag(when.has_colors, filled(meta.colors)) &&
    fitsFlag(when.writable, at.spec?.writable ?? false)
  );
}

/** The best of a block's suggestions for a value; null: it does not suggest itself. */
export function bestSuggestion(manifest: ComponentManifest, at: RoleAt): Suggest | null {
  const fitting = (manifest.suggest ?? []).filter((suggest) => suits(suggest.when ?? {}, at));
  return fitting.sort((a, b) => b.score - a.score)[0] ?? null;
}

/** The input a dropped value goes to: as the suggestion says, else the first required one, else the first. */
export function inputFor(manifest: ComponentManifest, suggest: Suggest): string | null {
  const inputs = Object.entries(manifest.inputs ?? {});
  return suggest.input ?? inputs.find(([, spec]) => spec.required)?.[0] ?? inputs[0]?.[0] ?? null;
}

/** The element a block becomes for a value: its input bound, and its commands where the value may be written. */
export function elementFor(
  manifest: ComponentManifest,
  suggest: Suggest,
  at: RoleAt,
  asset: string | { param: string },
): Element | null {
  const input = inputFor(manifest, suggest);
  const spec = input === null ? undefined : manifest.inputs?.[input];
  const bind: Record<string, Bound> = {};
  if (input !== null && spec)
    bind[spec.many ? `/${input}/0` : `/${input}`] = roleBinding(wantedByInput(spec), asset, at.role);
  if (at.spec?.writable) {
    for (const [name, write] of Object.entries(manifest.writes ?? {}))
      if (write.required && !write.many) bind[`/${name}`] = { source: "tag", asset, role: at.role };
  }
  if (Object.keys(bind).length === 0) return null;
  const props = suggest.props ?? {};
  const element: Element = { type: manifest.id, props_version: manifest.props_version, parent: null, bind };
  return Object.keys(props).length > 0 ? { ...element, props } : element;
}

/** Whether the value fits the input it would go to. */
function takes(manifest: ComponentManifest, suggest: Suggest, at: RoleAt): boolean {
  const input = inputFor(manifest, suggest);
  const spec = input === null ? undefined : manifest.inputs?.[input];
  if (!spec || !at.tag) return true;
  return misfitOf(wantedByInput(spec), at.tag, dimensionOf) === null;
}

/** The blocks for a value, best first, bound. */
export function blockChoices(
  at: RoleAt,
  asset: string | { param: string },
  manifests: Manifests,
  language: Language,
): DropChoice[] {
  const scored = [...manifests.values()].flatMap((manifest) => {
    if (manifest.status.stage === "deprecated") return [];
    const suggest = bestSuggestion(manifest, at);
    if (!suggest || !takes(manifest, suggest, at)) return [];
    const element = elementFor(manifest, suggest, at, asset);
    return element ? [{ manifest, score: suggest.score, element }] : [];
  });
  scored.sort((a, b) => b.score - a.score || a.manifest.id.localeCompare(b.manifest.id));
  return scored.slice(0, CHOICES_MAX).map(({ manifest, element }) => ({
    id: manifest.id,
    label: localText(manifest.meta.name, language),
    detail: localText(manifest.meta.summary, language),
    icon: manifest.meta.icon ?? "",
    element,
  }));
}
