"""Asset types: kinds of machines and their signal roles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import ConfigDict
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.services import Injected
from platform_core.services.refusals import refusal
from schemas.identifiers import IDENTIFIER_PATTERN
from schemas.models.asset_type import AssetType

router = APIRouter(prefix="/api/v1/asset-types", tags=["assets"], route_class=GuardedRoute)
TypeId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the type.")]
_TYPE: JsonDict = {
    "id": "press",
    "name": {"en": "Press", "zh-CN": "冲床"},
    "icon": "press",
    "roles": [{"role": "temperature", "label": {"en": "Temperature", "zh-CN": "温度"}, "kind": "number", "unit": "°C"}],
}


class AssetTypeView(AssetType):
    """An asset type."""

    model_config = ConfigDict(json_schema_extra={"examples": [_TYPE]})


@router.get("", summary="All asset types", responses=problems(401))
@policy("asset_type.read")
def list_types(caller: Caller, services: Injected) -> list[AssetTypeView]:
    """A new tenant has a library of common machines."""
    return [AssetTypeView.model_validate(kind.model_dump()) for kind in services.asset_types.all(caller.tenant)]


@router.get("/{type_id}", summary="One asset type", responses=problems(401, 404))
@policy("asset_type.read")
def read_type(caller: Caller, services: Injected, type_id: TypeId) -> AssetTypeView:
    """With its roles."""
    kind = services.asset_types.get(caller.tenant, type_id)
    return AssetTypeView.model_validate(existing(caller, "asset_type.read", "asset type", type_id, kind).model_dump())


@router.put("/{type_id}", summary="Make or change an asset type", responses=problems(401, 403, 422))
@policy("asset_type.write")
def put_type(caller: Caller, services: Injected, type_id: TypeId, body: AssetType) -> AssetTypeView:
    """The id in the address and in the body are the same. What it says of a role holds at once for all its tags."""
    if body.id != type_id:
        raise refusal("asset_type.id", address=type_id, body=body.id)
    services.asset_types.put(caller.tenant, body, caller.name)
    return AssetTypeView.model_validate(body.model_dump())


@router.delete("/{type_id}", status_code=204, summary="Delete an asset type", responses=problems(401, 403, 404, 422))
@policy("asset_type.write")
def delete_type(caller: Caller, services: Injected, type_id: TypeId) -> Response:
    """Refused while an asset is of this type."""
    is_gone = services.asset_types.delete(caller.tenant, type_id, caller.name)
    existing(caller, "asset_type.write", "asset type", type_id, is_gone or None)
    return Response(status_code=204)
