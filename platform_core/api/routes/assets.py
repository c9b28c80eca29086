"""Assets, and which tag plays which role there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.services import Injected
from schemas.errors import ConfigError
from schemas.identifiers import IDENTIFIER_PATTERN
from schemas.models.asset import Asset, RoleMapRow

router = APIRouter(prefix="/api/v1", tags=["assets"], route_class=GuardedRoute)
AssetId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the asset.")]
_ROLE: JsonDict = {"asset": "press_1", "role": "temperature", "tag_id": 7, "valid_from": 0}
_ASSET: JsonDict = {"id": "press_1", "name": "Press 1", "parent": None, "level": "machine", "type": None}


class AssetView(Asset):
    """An asset."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ASSET]})


class RoleView(RoleMapRow):
    """A row of the role map."""

    model_config = ConfigDict(json_schema_extra={"examples": [_ROLE]})


class RoleChange(BaseModel):
    """Who plays a role from when on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"tag_id": 7, "valid_from": 0}]})
    tag_id: int = Field(ge=1, le=2**32 - 1, description="Tag that plays the role.")
    valid_from: int = Field(ge=0, le=2**53, description="From when on, µs UTC.")


@router.get("/assets", summary="All assets", responses=problems(401))
@policy("asset.read")
def list_assets(caller: Caller, services: Injected) -> list[AssetView]:
    """Machines, lines and areas of the tenant."""
    return [AssetView.model_validate(row) for row in services.assets.assets(caller.tenant)]


@router.put("/assets/{asset_id}", summary="Make or change an asset", responses=problems(401, 403, 422))
@policy("asset.write")
def put_asset(caller: Caller, services: Injected, asset_id: AssetId, body: Asset) -> AssetView:
    """The id in the address and in the body are the same."""
    if body.id != asset_id:
        raise ConfigError("asset.id", f"The address says {asset_id!r}, the body {body.id!r}.")
    services.assets.put_asset(caller.tenant, body, caller.name)
    return AssetView.model_validate(body.model_dump())


@router.get("/roles", summary="The role map", responses=problems(401))
@policy("asset.read")
def list_roles(caller: Caller, services: Injected) -> list[RoleView]:
    """Rows (asset, role, tag, from when on); the newest row not in the future holds."""
    return [RoleView.model_validate(row) for row in services.assets.roles(caller.tenant)]


@router.put("/roles/{asset_id}/{role}", summary="Map a role to a tag", responses=problems(401, 403, 422))
@policy("asset.write")
def put_role(
    caller: Caller,
    services: Injected,
    asset_id: AssetId,
    role: Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Role.")],
    body: RoleChange,
) -> RoleView:
    """A replaced sensor gets a new row; the history of the old one stays."""
    row = RoleMapRow(asset=asset_id, role=role, tag_id=body.tag_id, valid_from=body.valid_from)
    services.assets.put_role(caller.tenant, row, caller.name)
    return RoleView.model_validate(row.model_dump())
