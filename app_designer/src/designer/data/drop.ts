import type { ApiClient } from "@sdk/api/client";
import type { Tag } from "@sdk/api/types";
import type { Language } from "@sdk/i18n/catalogue";
import type { DragPayload } from "../canvas/drag";
import type { CanvasKey, DesignerState } from "../model/contract";
import { allManifests } from "../pickers/manifests";
import { proposedMapping, saveMapping } from "../pickers/mapping";
import { indexOf, type RoleAt } from "../pickers/plant_index";
import { paramAssets } from "../pickers/plant_rows";
import type { DropChoice } from "./drop_choice";
import { assetChoices, typeChoices } from "./faceplate";
import { blockChoices } from "./suggest";

export type { DropChoice } from "./drop_choice";

export interface DropContext {
  readonly state: DesignerState;
  readonly canvas: CanvasKey;
  readonly language: Language;
}

/** Asset of a binding: this page's machine where it stands for that very asset, else the asset itself. */
export function assetRef(state: DesignerState, asset: string): string | { param: string } {
  const param = paramAssets(state, "en").find((one) => one.asset?.id === asset);
  return param ? { param: param.name } : asset;
}

/** The way to the platform, lent by the data panel: a tag without a role gets one when it is dropped. */
interface PlantAccess {
  readonly api: ApiClient;
  /** Reads the plant again and answers the new state. */
  readonly reload: () => Promise<DesignerState>;
}
let access: PlantAccess | null = null;
export function lendPlant(lent: PlantAccess): void {
  access = lent;
}

/** The role a tag plays; one that plays none gets the likely one first, since apps bind to roles alone. */
async function roleOfTag(
  tag: Tag,
  context: DropContext,
): Promise<{ state: DesignerState; at: RoleAt | null }> {
  const find = (state: DesignerState, fits: (at: RoleAt) => boolean) =>
    [...indexOf(state.plant).rolesAt.values()].flat().find(fits) ?? null;
  const known = find(context.state, (at) => at.tag?.id === tag.id);
  if (known || !access) return { state: context.state, at: known };
  const mapping = proposedMapping(tag, context.state.plant);
  await saveMapping(access.api, tag, mapping);
  const state = await access.reload();
  return { state, at: find(state, (at) => at.asset.id === mapping.asset && at.role === mapping.role) };
}

/** What a dropped tag, asset or role becomes, best first: blocks that suit the value, or the machine's own face. */
export async function elementsForDrop(payload: DragPayload, context: DropContext): Promise<DropChoice[]> {
  const { language } = context;
  const manifests = await allManifests();
  if (payload.kind === "asset") return assetChoices(payload.asset, context.state, manifests, language);
  if (payload.kind === "asset_type") return typeChoices(payload.type, context.state, manifests, language);
  if (payload.kind === "role") {
    const roles = indexOf(context.state.plant).rolesAt.get(payload.asset.id) ?? [];
    const at = roles.find((one) => one.role === payload.role);
    return at ? choicesOf(at, context.state, manifests, language) : [];
  }
  if (payload.kind !== "tag") return [];
  const { state, at } = await roleOfTag(payload.tag, context);
  return at ? choicesOf(at, state, manifests, language) : [];
}

type Manifests = Awaited<ReturnType<typeof allManifests>>;

const choicesOf = (
  at: RoleAt,
  state: DesignerState,
  manifests: Manifests,
  language: Language,
): DropChoice[] => blockChoices(at, assetRef(state, at.asset.id), manifests, language);
