"""Assets, and which tag plays which role there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.errors import ProblemItem, problem_item
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.values import hidden_from
from platform_core.api.services import Injected
from platform_core.services.refusals import refusal
from platform_core.services.role_map import ROWS_MAX, Difference
from schemas.identifiers import IDENTIFIER_PATTERN
from schemas.models.asset import Asset, RoleMapRow

router = APIRouter(prefix="/api/v1", tags=["assets"], route_class=GuardedRoute)
AssetId = Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Id of the asset.")]
_ROLE: JsonDict = {"asset": "press_1", "role": "temperature", "tag_id": 7, "valid_from": 0}
_ASSET: JsonDict = {
    "id": "press_1",
    "name": "Press 1",
    "parent": None,
    "level": "machine",
    "type": "press",
    "see": None,
}
_CSV = "asset,role,edge,tag,valid_from\r\npress_1,temperature,,press_1/temp,\r\n"
_SUGGESTION: JsonDict = {
    "asset": "press_1",
    "role": "temperature",
    "tag_id": 7,
    "key": "press_1/temp",
    "score": 0.91,
    "reasons": [{"en": "The unit is °C.", "zh-CN": "单位是 °C。"}],
    "best": True,
}


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


class RoleRows(BaseModel):
    """Many rows at once."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"rows": [_ROLE]}]})
    rows: list[RoleMapRow] = Field(max_length=ROWS_MAX, description="All are written, or none.")


class DeletedView(BaseModel):
    """What was deleted."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"assets": ["press_1"], "roles": 40}]})
    assets: list[str] = Field(description="Assets.")
    roles: int = Field(description="Role rows. Tags and their history stay.")


class RemovedView(BaseModel):
    """How many rows were removed."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"removed": 1}]})
    removed: int = Field(description="Rows.")


class DifferenceView(BaseModel):
    """What rows change."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"added": [_ROLE], "changed": [], "same": 12, "errors": [], "written": True}]}
    )
    added: list[dict[str, Any]] = Field(description="New rows.")
    changed: list[dict[str, Any]] = Field(description="Rows that get another tag; `before` is the one they had.")
    same: int = Field(description="Rows that are there already.")
    errors: list[ProblemItem] = Field(description="What is wrong; path `/lines/<number>/<column>` for a file.")
    written: bool = Field(description="Whether anything was written.")


class CsvRequest(BaseModel):
    """A CSV file of the role map."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": _CSV, "dry_run": True}]})
    text: str = Field(max_length=1_800_000, description="The file's text.")
    dry_run: bool = Field(default=True, description="Only say what would change.")


class SuggestionView(BaseModel):
    """A tag that may play a role."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SUGGESTION]})
    asset: str = Field(description="Asset.")
    role: str = Field(description="Free role of its type.")
    tag_id: int = Field(description="Tag that plays no role yet.")
    key: str = Field(description="Its connection/name.")
    score: float = Field(description="How well it fits, 0 to 1.")
    reasons: list[dict[str, str]] = Field(description="Why, in sentences by language.")
    best: bool = Field(description="Nothing fits this role and this tag better: may be taken over at once.")


@router.get("/assets", summary="All assets", responses=problems(401))
@policy("asset.read")
def list_assets(caller: Caller, services: Injected) -> list[AssetView]:
    """Machines, lines and areas of the tenant."""
    rows = services.assets.assets(caller.tenant, hidden_from(caller, services))
    return [AssetView.model_validate(row) for row in rows]


@router.get("/assets/{asset_id}", summary="One asset", responses=problems(401, 404))
@policy("asset.read")
def read_asset(caller: Caller, services: Injected, asset_id: AssetId) -> AssetView:
    """By its id."""
    row = services.assets.get(caller.tenant, asset_id, hidden_from(caller, services))
    return AssetView.model_validate(existing(caller, "asset.read", "asset", asset_id, row))


@router.put("/assets/{asset_id}", summary="Make or change an asset", responses=problems(401, 403, 422))
@policy("asset.write")
def put_asset(caller: Caller, services: Injected, asset_id: AssetId, body: Asset) -> AssetView:
    """The id in the address and in the body are the same."""
    if body.id != asset_id:
        raise refusal("asset.id/other", address=asset_id, body=body.id)
    services.assets.put_asset(caller.tenant, body, caller.name, caller.role, hidden_from(caller, services))
    return AssetView.model_validate(body.model_dump())


@router.delete("/assets/{asset_id}", summary="Delete an asset", responses=problems(401, 403, 404, 409))
@policy("asset.write")
def delete_asset(
    caller: Caller,
    services: Injected,
    asset_id: AssetId,
    cascade: Annotated[bool, Query(description="Also everything inside it, and what is mapped there.")] = False,
) -> DeletedView:
    """Refused while something is inside or mapped, unless `cascade` says otherwise. Tags and their history stay."""
    hidden = hidden_from(caller, services)
    gone = services.assets.delete_asset(caller.tenant, asset_id, caller.name, cascade=cascade, hidden=hidden)
    return DeletedView.model_validate(existing(caller, "asset.write", "asset", asset_id, gone))


@router.get("/roles", summary="The role map", responses=problems(401))
@policy("asset.read")
def list_roles(
    caller: Caller,
    services: Injected,
    asset: Annotated[str | None, Query(pattern=IDENTIFIER_PATTERN, description="Only of this asset.")] = None,
    role: Annotated[str | None, Query(pattern=IDENTIFIER_PATTERN, description="Only this role.")] = None,
) -> list[RoleView]:
    """Rows (asset, role, tag, from when on); the newest row not in the future holds, older ones are its history."""
    rows = services.assets.roles(caller.tenant, hidden_from(caller, services))
    return [
        RoleView.model_validate(row) for row in rows if asset in (None, row["asset"]) and role in (None, row["role"])
    ]


@router.put("/roles", summary="Write many rows", responses=problems(401, 403, 422))
@policy("asset.write")
def put_roles(caller: Caller, services: Injected, body: RoleRows) -> DifferenceView:
    """In one transaction; problems of all rows at once, path `/rows/<n>/…`."""
    hidden = hidden_from(caller, services)
    return _difference_view(services.role_map.put(caller.tenant, body.rows, caller.name, hidden), written=True)


@router.get("/roles/suggestions", summary="Suggest tags for roles", responses=problems(401, 403))
@policy("asset.write")
def suggest_roles(
    caller: Caller,
    services: Injected,
    asset: Annotated[str | None, Query(pattern=IDENTIFIER_PATTERN, description="Only for this asset.")] = None,
    limit: Annotated[int, Query(ge=1, le=2000, description="At most so many.")] = 500,
) -> list[SuggestionView]:
    """Free roles of typed assets and tags without a role: by name, words, unit, kind and value, likeliest first."""
    hidden = hidden_from(caller, services)
    found = services.role_map.suggestions(caller.tenant, asset=asset, limit=limit, hidden=hidden)
    return [SuggestionView.model_validate(asdict(row)) for row in found]


@router.get(
    "/roles/export",
    summary="The role map as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **problems(401, 403)},
)
@policy("asset.write")
def export_roles(caller: Caller, services: Injected) -> Response:
    """For a spreadsheet: no cell can become a formula."""
    text = services.role_map.export_csv(caller.tenant, hidden_from(caller, services))
    headers = {"Content-Disposition": 'attachment; filename="roles.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/roles/import", summary="Rows from a CSV file", responses=problems(401, 403, 413, 422))
@policy("asset.write")
def import_roles(caller: Caller, services: Injected, body: CsvRequest) -> DifferenceView:
    """Adds and changes rows, removes none. With problems nothing is written; each has its line."""
    hidden = hidden_from(caller, services)
    found = services.role_map.import_csv(caller.tenant, body.text, caller.name, dry_run=body.dry_run, hidden=hidden)
    return _difference_view(found, written=not body.dry_run and not found.problems)


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
    services.role_map.put(caller.tenant, [row], caller.name, hidden_from(caller, services))
    return RoleView.model_validate(row.model_dump())


@router.delete("/roles/{asset_id}/{role}", summary="Remove rows of a role", responses=problems(401, 403, 404))
@policy("asset.write")
def remove_role(
    caller: Caller,
    services: Injected,
    asset_id: AssetId,
    role: Annotated[str, Path(pattern=IDENTIFIER_PATTERN, description="Role.")],
    valid_from: Annotated[int | None, Query(ge=0, le=2**53, description="Only this row; none: all of them.")] = None,
) -> RemovedView:
    """The tag and its history stay."""
    hidden = hidden_from(caller, services)
    count = services.role_map.remove(caller.tenant, asset_id, role, caller.name, valid_from, hidden)
    return RemovedView(removed=existing(caller, "asset.write", "role", f"{asset_id}/{role}", count or None))


def _difference_view(found: Difference, *, written: bool) -> DifferenceView:
    errors = [problem_item(one) for one in found.problems]
    return DifferenceView(added=found.added, changed=found.changed, same=found.same, errors=errors, written=written)
