"""Tags: finding them, and what they mean."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.services import Injected
from platform_core.services.manual_values import ManualTag
from platform_core.services.tags import LIMIT_MAX
from schemas.identifiers import Identifier
from schemas.models.tag import TagMeta
from schemas.wire.kinds import Kind

router = APIRouter(prefix="/api/v1/tags", tags=["tags"], route_class=GuardedRoute)
TAG_ID_MAX = 2**32 - 1
IDS_MAX = 200
_IDS_PATTERN = rf"^[0-9]{{1,10}}(,[0-9]{{1,10}}){{0,{IDS_MAX - 1}}}$"

_EXAMPLE: JsonDict = {
    "id": 7,
    "key": "press_1/temperature",
    "edge": "line_1",
    "connection": "press_1",
    "kind": "f",
    "meta": {"description": "Oil", "unit": "°C", "decimals": 1, "span": [0, 120], "scan_ms": 1000},
    "asset": "press_1",
    "role": "temperature",
}


class TagMetaView(TagMeta):
    """What the value means, how often it is read, and from where."""

    model_config = ConfigDict(extra="ignore")
    scan_ms: int | None = Field(default=None, description="Scan period in ms.")
    address: str = Field(default="", description="Where the device keeps it, in the driver's words.")


class TagView(BaseModel):
    """A tag."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})
    id: int = Field(description="The platform's id of the tag; never reused.")
    key: str = Field(description="connection/name; may change.")
    edge: str = Field(description="Edge agent that reads it.")
    connection: str = Field(description="Connection it is read by.")
    kind: str = Field(description="f float64, i int64, u uint64, b bool, s text; never changes.")
    meta: TagMetaView = Field(description="Unit, limits, value texts and the like.")
    asset: str | None = Field(description="Asset at which it plays a role.")
    role: str | None = Field(description="The role it plays there.")
    meta_from: dict[str, str] = Field(
        default={},
        description="Field of meta → `tag` where the tag says so itself, `type` where its asset's type does.",
    )
    writable: bool | None = Field(
        default=None,
        description="Whether apps may write it: people's tags always, a device's where its role and the device let it; "
        "null: the device does not answer.",
    )


class TagPageView(BaseModel):
    """A page of tags in the order of their keys."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"tags": [_EXAMPLE], "next": "7"}]})
    tags: list[TagView] = Field(description="The tags.")
    next: str | None = Field(description="To be given as `after` for the next page; null at the end.")


@router.get("", summary="Find tags", responses=problems(401, 422))
@policy("tag.read")
def search_tags(
    caller: Caller,
    services: Injected,
    search: Annotated[str, Query(max_length=200, description="Words; a tag must contain all of them.")] = "",
    limit: Annotated[int, Query(ge=1, le=LIMIT_MAX, description="Tags per page.")] = 100,
    after: Annotated[int | None, Query(ge=1, le=TAG_ID_MAX, description="`next` of the page before.")] = None,
    ids: Annotated[
        str | None,
        Query(
            pattern=_IDS_PATTERN,
            description=f"Exactly these tags instead, as 7,8: at most {IDS_MAX}, in this order, unknown ones left out.",
            examples=["7,8"],
        ),
    ] = None,
) -> TagPageView:
    """Words are looked for in key, description, unit and edge. With `ids` the rest of the question is ignored."""
    hidden = services.visibility.hidden(caller.tenant, caller.role)
    if ids is not None:
        wanted = hidden.without(dict.fromkeys(int(tag_id) for tag_id in ids.split(",")))
        known = services.tags.by_ids(caller.tenant, wanted)
        found = [asdict(known[tag_id]) for tag_id in wanted if tag_id in known]
        return TagPageView.model_validate({"tags": found, "next": None})
    page = services.tags.search(caller.tenant, search, limit, after, hidden.tags)
    return TagPageView.model_validate(asdict(page))


class ManualTagRequest(BaseModel):
    """A tag that people type."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"asset": "press_1", "role": "shift_note", "kind": "s", "meta": {}}]},
    )
    asset: Identifier = Field(description="Asset at which it plays a role; it must be there.")
    role: Identifier = Field(description="The role.")
    kind: Kind = Field(description="f float64, i int64, u uint64, b bool, s text.")
    meta: TagMeta = Field(default=TagMeta(), description="Unit, span, texts and the like.")
    replace: bool = Field(default=False, description="From now on instead of the tag that plays the role.")


@router.post("/manual", status_code=201, summary="Make a tag people type", responses=problems(401, 403, 409, 422, 503))
@policy("tag.write")
def make_manual_tag(caller: Caller, services: Injected, body: ManualTagRequest) -> TagView:
    """A tag like any other, at the edge `manual`: it has history, latest value and meaning."""
    wanted = ManualTag(body.asset, body.role, body.kind, body.meta, body.replace)
    tag = services.manual_values.create_tag(caller.tenant, wanted, caller.name)
    return TagView.model_validate(asdict(tag))


@router.get("/{tag_id}", summary="One tag", responses=problems(401, 404, 422))
@policy("tag.read")
def read_tag(
    caller: Caller,
    services: Injected,
    tag_id: Annotated[int, Path(ge=1, le=TAG_ID_MAX, description="Id of the tag.")],
) -> TagView:
    """Also for a tag that is no longer read."""
    is_hidden = tag_id in services.visibility.hidden(caller.tenant, caller.role).tags
    found = None if is_hidden else services.tags.get(caller.tenant, tag_id)
    tag = existing(caller, "tag.read", "tag", tag_id, found)
    return TagView.model_validate(asdict(tag))
