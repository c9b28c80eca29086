import { appOfDraft } from "@runtime/app";
import {
  createAppStates,
  createMemory,
  createScope,
  type LoadedApp,
  type RuntimeScope,
} from "@runtime/scope";
import { useLocale, useServices } from "@sdk";
import { createContext, useContext, useMemo } from "react";
import type { CompositeDocument, PageDocument, PageParam } from "../../generated/documents.gen";
import { useHost } from "../frame/workbench";
import { documentOf, isBlockCanvas } from "../model/canvas_key";
import type { Plant } from "../model/contract";
import { useDesigner } from "../model/hooks";

/** The value of a parameter while it is designed: what was chosen, its default, or the first asset that fits. */
export function designValue(param: PageParam, chosen: string | undefined, plant: Plant): string {
  if (chosen) return chosen;
  if (param.default !== null && param.default !== undefined) return String(param.default);
  if (param.options?.[0]) return param.options[0];
  if (param.type !== "asset") return "";
  const fits = plant.assets.find((asset) => !param.asset_type || asset.type === param.asset_type);
  return fits?.id ?? "";
}

type Params = Readonly<Record<string, string>>;

function paramsOf(
  app: { params?: Record<string, PageParam> },
  content: PageDocument | CompositeDocument | undefined,
  chosen: Params,
  plant: Plant,
): Params {
  const specs = { ...app.params, ...(content?.params as Record<string, PageParam> | undefined) };
  const found: Record<string, string> = {};
  for (const [name, param] of Object.entries(specs)) found[name] = designValue(param, chosen[name], plant);
  return found;
}

/** The app around the canvas; a new one only when something but the open page changes. */
function useLoadedApp(): LoadedApp {
  const app = useDesigner((state) => state.draft.app);
  const blocks = useDesigner((state) => state.draft.blocks);
  const plant = useDesigner((state) => state.plant);
  const others = useDesigner((state) =>
    Object.values(state.draft.pages).filter((page) => page.id !== state.canvas),
  );
  return useMemo(() => {
    const pages = Object.fromEntries(others.map((page) => [page.id, page]));
    return appOfDraft({ app, blocks, pages }, plant);
  }, [app, blocks, plant, others]);
}

/** The scope of the canvas without its elements: each element adds itself, so that a change draws only what it changes. */
export function useBaseScope(): RuntimeScope {
  const services = useServices();
  const { language } = useLocale();
  const { role, userName } = useHost();
  const loaded = useLoadedApp();
  const canvas = useDesigner((state) => state.canvas);
  const plant = useDesigner((state) => state.plant);
  const breakpoint = useDesigner((state) => (isBlockCanvas(state.canvas) ? "lg" : state.breakpoint));
  const chosen = useDesigner((state) => state.params);
  const specs = useDesigner((state) => documentOf(state.draft, state.canvas)?.params);
  const states = useDesigner((state) => state.draft.pages[state.canvas]?.state);
  const text = useDesigner((state) =>
    JSON.stringify(
      paramsOf(state.draft.app, documentOf(state.draft, state.canvas), state.params, state.plant),
    ),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: `text` is what the parameters come to.
  const params = useMemo(() => JSON.parse(text) as Params, [text, specs, chosen, plant]);
  const memory = useMemo(
    () => createMemory(createAppStates(loaded.app), { id: canvas, ...(states ? { state: states } : {}) }),
    [loaded.app, canvas, states],
  );
  return useMemo(
    () =>
      createScope({
        loaded,
        services,
        content: { id: canvas, elements: {}, layout: EMPTY },
        user: { name: userName, role, tenant: "" },
        language,
        params,
        memory,
        mode: "design",
        breakpoint,
      }),
    [loaded, services, canvas, userName, role, language, params, memory, breakpoint],
  );
}

const EMPTY = { lg: { kind: "grid" as const, items: {} } };

export const BaseScopeContext = createContext<RuntimeScope | null>(null);

export function useCanvasScope(): RuntimeScope {
  const scope = useContext(BaseScopeContext);
  if (!scope) throw new Error("BaseScopeContext is missing around this component");
  return scope;
}
