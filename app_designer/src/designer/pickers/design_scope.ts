import { type Bound, signalsFor } from "@runtime/binding";
import { createScope, type LoadedApp, type RuntimeScope } from "@runtime/scope";
import { useLocale, useServices } from "@sdk";
import type { Signal } from "@sdk/bindings/signal";
import { createContext, useContext, useMemo } from "react";
import type {
  CompositeDocument,
  CompositeParam,
  PageDocument,
  PageParam,
} from "../../generated/documents.gen";
import { documentOf, isBlockCanvas } from "../model/canvas_key";
import type { CanvasKey, DesignerState, Draft, Plant } from "../model/contract";
import { useDesigner } from "../model/hooks";

/** The scope the canvas draws with: what its elements give out and its states have their values there. */
export const CanvasScopeContext = createContext<RuntimeScope | null>(null);

const NOBODY = { name: "", role: "builder", tenant: "" } as const;

interface PlantMaps {
  assets: LoadedApp["assets"];
  types: LoadedApp["types"];
  tags: LoadedApp["tags"];
}
const maps = new WeakMap<Plant, PlantMaps>();

/** The plant by id, made once for each state of the plant. */
export function plantMaps(plant: Plant): PlantMaps {
  const known = maps.get(plant);
  if (known) return known;
  const assets = new Map(plant.assets.map((asset) => [asset.id, asset]));
  const types = new Map(plant.types.map((type) => [type.id, type]));
  const made = { assets, types, tags: plant.tags };
  maps.set(plant, made);
  return made;
}

/** The draft as an app that runs. */
export function loadedOf(draft: Draft, plant: Plant): LoadedApp {
  return {
    ...plantMaps(plant),
    app: draft.app,
    pages: draft.pages,
    blocks: draft.blocks,
    roles: plant.roles,
    release: 0,
  };
}

export type AnyParam = PageParam | CompositeParam;

/** The parameters that bindings on this canvas may read: of the app and the page, or of the block. */
export function paramsOf(draft: Draft, canvas: CanvasKey): Readonly<Record<string, AnyParam>> {
  const own = documentOf(draft, canvas)?.params ?? {};
  return isBlockCanvas(canvas) ? own : { ...draft.app.params, ...own };
}

/** The value a parameter has while the page is designed: chosen, else its default, else the first that fits. */
export function paramValue(state: DesignerState, name: string): string {
  const chosen = state.params[name];
  if (chosen) return chosen;
  const param = paramsOf(state.draft, state.canvas)[name];
  if (!param) return "";
  if (param.default !== undefined && param.default !== null) return String(param.default);
  const options = "options" in param ? (param.options ?? []) : [];
  if (options[0]) return options[0];
  if (param.type !== "asset") return "";
  const level = "level" in param ? param.level : null;
  const fits = state.plant.assets.find(
    (asset) => (!param.asset_type || asset.type === param.asset_type) && (!level || levelOf(asset) === level),
  );
  return fits?.id ?? "";
}

const levelOf = (asset: object): unknown => ("level" in asset ? asset.level : null);

function valuesOf(state: DesignerState): Record<string, string> {
  const names = Object.keys(paramsOf(state.draft, state.canvas));
  return Object.fromEntries(names.map((name) => [name, paramValue(state, name)]));
}

/** A scope for the live values that inspector and pickers show. */
export function useDesignScope(): RuntimeScope {
  const shared = useContext(CanvasScopeContext);
  const services = useServices();
  const { language } = useLocale();
  const draft = useDesigner((state) => state.draft);
  const plant = useDesigner((state) => state.plant);
  const canvas = useDesigner((state) => state.canvas);
  const params = useDesigner((state) => JSON.stringify(valuesOf(state)));
  const user = shared?.user ?? NOBODY;
  const memory = shared?.page === canvas ? shared.memory : null;
  return useMemo(() => {
    const content =
      documentOf(draft, canvas) ?? ({ id: canvas, layout: { lg: { kind: "grid" } } } as EmptyPage);
    return createScope({
      loaded: loadedOf(draft, plant),
      services,
      content: contentOf(content),
      user,
      ...(memory ? { memory } : {}),
      language,
      params: JSON.parse(params) as Record<string, string>,
      mode: "design",
    });
  }, [user, memory, services, language, draft, plant, canvas, params]);
}

type EmptyPage = Pick<PageDocument, "id" | "layout"> & Partial<PageDocument>;

function contentOf(content: EmptyPage | PageDocument | CompositeDocument) {
  const { id, layout, elements } = content;
  const state = "state" in content ? content.state : undefined;
  return state ? { id, layout, elements: elements ?? {}, state } : { id, layout, elements: elements ?? {} };
}

/** The signal behind a binding; null for `*` without any role. */
export function useBoundSignal(bound: Bound | null, element = ""): Signal | null {
  const scope = useDesignScope();
  return useMemo(
    () => (bound ? (signalsFor(scope, "picker", bound, element)[0] ?? null) : null),
    [scope, bound, element],
  );
}
