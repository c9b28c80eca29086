import { freeId, idFrom } from "@forms/ids";
import type { ApiClient } from "@sdk/api/client";
import { PlantApi } from "@sdk/api/plant";
import type { Tag } from "@sdk/api/types";
import type { Plant } from "../model/contract";

/** Where a tag belongs: an asset, perhaps a new one, and a role. */
export interface Mapping {
  asset: string;
  /** Name of the asset, if it is made now. */
  newAssetName: string | null;
  role: string;
}

/** The likely place of a tag that has none: its connection as a machine, the last part of its key as a role. */
export function proposedMapping(tag: Tag, plant: Plant): Mapping {
  const known =
    plant.assets.find((asset) => asset.id === tag.asset) ??
    plant.assets.find((asset) => asset.id === tag.connection);
  const parts = tag.key.split("/");
  const role = tag.role ?? idFrom(parts.at(-1) ?? "", `tag_${tag.id}`);
  if (known) return { asset: known.id, newAssetName: null, role: freeRole(plant, known.id, role) };
  const wish = idFrom(tag.connection, `asset_${tag.id}`);
  const asset = freeId(wish, new Set(plant.assets.map((entry) => entry.id)));
  return { asset, newAssetName: tag.connection, role };
}

function freeRole(plant: Plant, asset: string, wish: string): string {
  return freeId(wish, new Set(plant.roles.filter((row) => row.asset === asset).map((row) => row.role)));
}

/** Makes the asset if it is new, then lets the tag play the role there, for its whole history. */
export async function saveMapping(
  api: ApiClient,
  tag: Tag,
  { asset, newAssetName, role }: Mapping,
): Promise<void> {
  const plant = new PlantApi(api);
  if (newAssetName !== null) await plant.putAsset({ id: asset, name: newAssetName, level: "machine" });
  await plant.putRoles([{ asset, role, tag_id: tag.id, valid_from: 0 }]);
}
