import type { Value } from "@sdk/api/types";
import { assetName } from "@sdk/bindings/asset_name";
import { type Language, localText } from "@sdk/i18n/catalogue";
import type { PageDocument, PageParam } from "../generated/documents.gen";
import type { LoadedApp } from "./scope";

export interface Choice {
  value: string;
  label: string;
}

type Apps = Pick<LoadedApp, "app" | "assets">;
type Specs = Readonly<Record<string, PageParam>>;

/** The parameters a page has: those of its app, and its own above them. */
export function paramSpecs(loaded: Pick<LoadedApp, "app">, page: Pick<PageDocument, "params">): Specs {
  return { ...loaded.app.params, ...page.params };
}

/** What may be chosen, by name. An asset parameter takes every asset that fits, also one that is added later. */
export function choicesOf(loaded: Apps, spec: PageParam, language: Language): Choice[] {
  const options = spec.options ?? [];
  if (spec.type !== "asset") return options.map((value) => ({ value, label: value }));
  const named = (value: string) => ({ value, label: assetName(loaded.assets.get(value), value, language) });
  // What the author listed stands in the author's order; what may not be seen is not offered.
  if (options.length > 0) return options.filter((id) => loaded.assets.has(id)).map(named);
  const fitting = [...loaded.assets.values()].filter((asset) => {
    return (
      (!spec.asset_type || asset.type === spec.asset_type) && (!spec.level || asset.level === spec.level)
    );
  });
  const order = new Intl.Collator(language, { numeric: true });
  return fitting.map((asset) => named(asset.id)).sort((a, b) => order.compare(a.label, b.label));
}

function textOrNumber(spec: PageParam, given: string | undefined): Value {
  const fallback = spec.default ?? null;
  if (given === undefined) return fallback ?? spec.options?.[0] ?? (spec.type === "text" ? "" : null);
  if (spec.type === "number") {
    const number = given.trim() === "" ? Number.NaN : Number(given);
    return Number.isFinite(number) ? number : fallback;
  }
  return spec.options?.length && !spec.options.includes(given) ? (fallback ?? spec.options[0] ?? "") : given;
}

function assetValue(loaded: Apps, spec: PageParam, given: string | undefined): string {
  const choices = choicesOf(loaded, spec, "en");
  const allowed = (value: unknown) => choices.some((choice) => choice.value === value);
  if (given !== undefined && allowed(given)) return given;
  return allowed(spec.default) ? String(spec.default) : (choices[0]?.value ?? "");
}

/** The values of a page's parameters: what the address says where that is allowed, else the default. */
export function paramValues(
  loaded: Apps,
  page: Pick<PageDocument, "params">,
  given: Readonly<Record<string, string>>,
): Record<string, Value> {
  const rows = Object.entries(paramSpecs(loaded, page)).map(([name, spec]) => {
    const asked = Object.hasOwn(given, name) ? given[name] : undefined;
    return [
      name,
      spec.type === "asset" ? assetValue(loaded, spec, asked) : textOrNumber(spec, asked),
    ] as const;
  });
  return Object.fromEntries(rows);
}

/** The name of a parameter for a reader. */
export function paramLabel(name: string, spec: PageParam, language: Language): string {
  const words = name.replace(/[_-]+/g, " ");
  return localText(spec.label, language) || words.charAt(0).toUpperCase() + words.slice(1);
}

/** A text with `{name}` replaced by what the page's parameter of that name stands for. */
export function withParams(
  text: string,
  loaded: Pick<LoadedApp, "assets">,
  params: Readonly<Record<string, Value>>,
  language: Language,
): string {
  return text.replace(/\{([a-z0-9][a-z0-9_-]{0,39})\}/g, (hole, name: string) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined) return hole;
    const asset = typeof value === "string" ? loaded.assets.get(value) : undefined;
    return asset ? assetName(asset, asset.id, language) : value === null ? "" : String(value);
  });
}

/** The title of a page in the reader's language, with its parameters in it. */
export function pageTitle(
  page: Pick<PageDocument, "title">,
  loaded: Pick<LoadedApp, "assets">,
  params: Readonly<Record<string, Value>>,
  language: Language,
): string {
  return withParams(localText(page.title, language), loaded, params, language);
}
