"""Writes: asked for by an element of a published app, checked and confirmed, done once."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from pydantic.config import JsonDict
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.routes.health import WritesView
from platform_core.api.routes.values import Value
from platform_core.api.services import Injected
from platform_core.services.write_approval import Approval
from platform_core.services.write_declared import WriteRequest
from platform_core.services.write_stop import REASON_LENGTH_MAX
from schemas.identifiers import Identifier

router = APIRouter(prefix="/api/v1/writes", tags=["writes"], route_class=GuardedRoute)
ElementPath = Annotated[str, StringConstraints(pattern=r"^el_[a-z2-7]{8}(/el_[a-z2-7]{8}){0,8}$")]
WriteName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}(/[0-9]{1,3})?$")]
ValueText = Annotated[str, StringConstraints(max_length=500)]
_PREPARE: JsonDict = {
    "app": "line", "release": 3, "page": "main", "element": "el_aaaaaaaa", "write": "target",
    "asset": "press_1", "role": "speed_setpoint", "value": 42,
}  # fmt: skip
_PREPARED: JsonDict = {
    "token": "kJ…", "expires_in_s": 30, "tag": {"id": 7, "key": "press_1/speed_setpoint", "kind": "f"},
    "asset": "press_1", "asset_name": "Press 1", "role": "speed_setpoint", "unit": "1/min", "decimals": 1,
    "old": {"id": 7, "v": 40.0, "q": 0, "ts": 1764000000000000, "fresh": 0, "good": None}, "new": 42.0,
    "confirm": "dialog", "approval": "none", "target": "device",
}  # fmt: skip


class PrepareRequest(BaseModel):
    """Which element of which release wants to write what."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_PREPARE]})
    app: Identifier = Field(description="App.")
    release: int = Field(ge=1, le=2**31, description="Number of its current release; a draft never writes.")
    page: Identifier = Field(description="Page.")
    element: ElementPath = Field(description="Element; inside blocks `instance/element`.")
    write: WriteName | None = Field(default=None, description="Name of its write, `target` or `target/0`; or else:")
    event: Identifier | None = Field(default=None, description="The event whose step writes.")
    step: int = Field(default=0, ge=0, le=63, description="Number of the step, from 0.")
    asset: Identifier = Field(description="Asset.")
    role: Identifier = Field(description="Role.")
    value: float | int | bool | ValueText = Field(description="New value.")


class PreparedTag(BaseModel):
    """The tag that is going to be written."""

    id: int = Field(description="Tag id.")
    key: str = Field(description="connection/name.")
    kind: str = Field(description="Kind of value.")


class PreparedView(BaseModel):
    """What to confirm. Everything here comes from the server: show this, not what the page believes."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PREPARED]})
    token: str = Field(description="Good for one write.")
    expires_in_s: int = Field(description="For how long, s.")
    tag: PreparedTag = Field(description="What is written.")
    asset: str = Field(description="Asset.")
    asset_name: str = Field(description="Its name for people.")
    role: str = Field(description="Role.")
    unit: str = Field(description="Unit.")
    decimals: int | None = Field(description="Decimals shown.")
    old: dict[str, Any] = Field(description="The present value with quality, time and freshness.")
    new: Value = Field(description="The new value, as it will be written.")
    confirm: Literal["dialog", "hold", "none"] = Field(description="How the user confirms.")
    approval: Literal["none", "password", "second_person"] = Field(
        description="Who vouches for it by a password: the writer, or a second person."
    )
    target: Literal["device", "manual"] = Field(description="A device, or a tag that people type.")


class ApprovalGiven(BaseModel):
    """Who vouches for a write."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(default="", max_length=80, description="Name of the second person; empty: whoever writes.")
    password: str = Field(
        min_length=1, max_length=200, description="Their password.", json_schema_extra={"writeOnly": True}
    )


class ExecuteRequest(BaseModel):
    """How it was confirmed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"confirmed": "dialog"}]})
    confirmed: Literal["dialog", "hold", "none"] = Field(description="As `confirm` asked for.")
    approval: ApprovalGiven | None = Field(default=None, description="Where `approval` asked for one.")


class WrittenView(BaseModel):
    """How it ended. `unknown` is never tried again: look at the value."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"outcome": "done", "reason": "", "code": "", "value": 42.0, "tag_id": 7}]}
    )
    outcome: Literal["done", "refused", "unknown"] = Field(description="done: read back; refused: not touched.")
    reason: str = Field(description="Why, when it was not done.")
    code: str = Field(description="The agent's word for it, as command.limit; empty where it is not an agent's.")
    value: Value = Field(description="What the device shows; null unless done.")
    tag_id: int = Field(description="The tag.")


@router.post("/prepare", summary="Ask for a write", response_model=PreparedView,
             responses=problems(401, 403, 404, 422, 429))  # fmt: skip
@policy("write.ask")
def prepare(caller: Caller, services: Injected, body: PrepareRequest) -> Response:
    """Checks who asks, that the published element declares this write, the target, the value and the rate."""
    asked = WriteRequest(
        app=body.app, release=body.release, page=body.page, element=body.element, asset=body.asset, role=body.role,
        value=body.value, write=body.write, event=body.event, step=body.step,
    )  # fmt: skip
    return plain(services.write_guard.prepare(caller, asked))


class StopRequest(BaseModel):
    """Why writing is stopped."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Somebody works at press 2"}]})
    reason: str = Field(default="", max_length=REASON_LENGTH_MAX, description="For everybody who wants to write.")


@router.put("/stop", summary="Stop all writes to devices", responses=problems(401, 403, 422))
@policy("write.stop")
def stop_writes(caller: Caller, services: Injected, body: StopRequest) -> WritesView:
    """At once, also what was confirmed already and has not left. One under way at an agent is not called back."""
    return WritesView(**asdict(services.write_stops.stop(caller.tenant, caller.name, body.reason)))


@router.delete("/stop", summary="Let writes to devices go on", responses=problems(401, 403, 422))
@policy("write.resume")
def resume_writes(caller: Caller, services: Injected) -> WritesView:
    """Nothing that was refused in between is done now."""
    return WritesView(**asdict(services.write_stops.release(caller.tenant, caller.name)))


@router.post("/{token}", summary="Do a write", response_model=WrittenView, responses=problems(401, 403, 404, 422))
@policy("write.ask")
def execute(
    caller: Caller,
    services: Injected,
    token: Annotated[str, Path(min_length=20, max_length=100, description="From prepare.")],
    body: ExecuteRequest,
) -> Response:
    """Once; checked again, written, read back, with a row in the audit before and after."""
    given = None if body.approval is None else Approval(body.approval.name, body.approval.password)
    return plain(services.write_guard.execute(caller, token, body.confirmed, given))
