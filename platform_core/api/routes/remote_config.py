"""An agent's configuration from afar: versions, what changes between them, having it checked, pushing it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.enrolment import EdgeId
from platform_core.api.services import Injected
from platform_core.services.remote_config import NOTE_MAX
from schemas.wire.config_push import TEXT_BYTES_MAX, WATCH_S_MAX

router = APIRouter(prefix="/api/v1/edges/{edge}/configs", tags=["edges"], route_class=GuardedRoute)
Number = Annotated[int, Path(ge=1, le=2**31 - 1, description="Number of the version.")]


class VersionView(BaseModel):
    """One version."""

    no: int = Field(description="Number, counting from 1.")
    hash: str = Field(description="SHA-256 of its text.")
    note: str = Field(description="Why it was made.")
    author: str = Field(description="By whom.")
    ts: int = Field(description="When, µs UTC.")


class DriftView(BaseModel):
    """It was changed at the machine: the agent runs another configuration than the one pushed last and kept."""

    no: int = Field(description="The version that was pushed last and kept; 0: it is not here any more.")
    expected: str = Field(description="Its hash.")
    running: str = Field(description="Hash of the pushed text it runs instead; empty: its own file's connections.")
    by: str = Field(description="Who chose that at the machine; empty: not told.")
    ts: int = Field(description="When, µs UTC on the agent's clock; 0: not told.")


class StateView(BaseModel):
    """What the agent last said about a configuration."""

    hash: str = Field(description="Which one it speaks of.")
    state: str = Field(description="refused, unchanged, watching, kept or rolled_back.")
    active: str = Field(description="Hash of what it runs; empty: the connections of its own file.")
    reason: str = Field(description="Why it was refused or taken back.")
    code: str = Field(description="Names that reason; empty: it has no name.")
    params: dict[str, str] = Field(description="What it is put together from.")
    problems: list[dict[str, Any]] = Field(
        description="What is wrong with it: code, path, line, message, hint, params."
    )
    ts: int = Field(description="When, µs UTC on the agent's clock.")
    drift: DriftView | None = Field(description="Where it was changed at the machine since; null: it was not.")


class ConfigsView(BaseModel):
    """All versions of an agent's configuration."""

    versions: list[VersionView] = Field(description="Newest first.")
    state: StateView | None = Field(description="What the agent last said; null: nothing yet.")


class VersionRequest(BaseModel):
    """A new version."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "connections: []\n", "note": "Empty"}]}
    )
    text: str = Field(min_length=1, max_length=TEXT_BYTES_MAX, description="YAML: connections and templates.")
    note: str = Field(default="", max_length=NOTE_MAX, description="Why.")


class TextView(BaseModel):
    """The text of a version."""

    text: str = Field(description="YAML: connections and templates.")


class DiffView(BaseModel):
    """What changes between two versions."""

    diff: str = Field(description="Unified diff; empty: nothing.")


class TextRequest(BaseModel):
    """A text to be judged."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "connections: []\n"}]})
    text: str = Field(min_length=1, max_length=TEXT_BYTES_MAX, description="YAML: connections and templates.")


class PushRequest(BaseModel):
    """How to push."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"watch_s": 60}]})
    watch_s: float = Field(
        default=60.0, gt=0, le=WATCH_S_MAX, description="The agent watches this long before it keeps it."
    )
    basis: str = Field(
        default="", max_length=64,
        description="As the check told it: where the agent runs another by now, it refuses. Empty: not asked.",
    )  # fmt: skip


class ReportView(BaseModel):
    """The agent's first answer; how it went on is in the state."""

    state: str = Field(description="checked, refused, unchanged or watching.")
    active: str = Field(description="Hash of what it runs; empty: the connections of its own file.")
    reason: str = Field(description="Why it was refused.")
    code: str = Field(description="Names that reason; empty: it has no name.")
    params: dict[str, str] = Field(description="What it is put together from.")
    problems: list[dict[str, Any]] = Field(
        description="What is wrong with it: code, path, line, message, hint, params."
    )
    changes: list[dict[str, Any]] = Field(
        description="For a check: connections that come, go or change, with the settings and counts of tags that do."
    )
    basis: str = Field(description="Names what runs now, for the push that is made on it.")


class RunningView(BaseModel):
    """What the agent runs, from itself."""

    state: str = Field(description="told or refused.")
    active: str = Field(description="Hash of what was pushed; empty: the connections of its own file.")
    reason: str = Field(description="Why it is not told.")
    code: str = Field(description="Names that reason.")
    params: dict[str, str] = Field(description="What it is put together from.")
    basis: str = Field(description="Names what runs now, for the push that is made on it.")
    text: str = Field(description="YAML: connections and templates.")


class DifferenceView(BaseModel):
    """What was changed at the machine."""

    drift: DriftView = Field(description="From what, by whom.")
    text: str = Field(description="YAML: connections and templates it runs; empty: it does not tell them.")
    reason: str = Field(description="Why it does not tell them.")
    code: str = Field(description="Names that reason.")
    params: dict[str, str] = Field(description="What it is put together from.")
    diff: str | None = Field(description="Unified diff from what was pushed to what it runs; null: there is none.")
    changes: list[dict[str, Any]] = Field(description="What pushing the version again would change, by connection.")
    basis: str = Field(description="Names what runs now, for the push that is made on it.")


@router.get("", summary="Versions of an agent's configuration", responses=problems(401, 403))
@policy("edge.configure")
def list_configs(caller: Caller, services: Injected, edge: EdgeId) -> ConfigsView:
    """With what the agent last said."""
    found = services.remote_config.versions(caller.tenant, edge)
    state = services.remote_config.state(caller.tenant, edge)
    return ConfigsView(
        versions=[VersionView.model_validate(one, from_attributes=True) for one in found],
        state=None if state is None else StateView.model_validate(state, from_attributes=True),
    )


@router.post("", status_code=201, summary="New version", responses=problems(401, 403, 422))
@policy("edge.configure")
def add_config(caller: Caller, services: Injected, edge: EdgeId, body: VersionRequest) -> VersionView:
    """Nothing is sent yet. The same text as the newest version's makes no new one."""
    made = services.remote_config.add(caller.tenant, edge, body.text, body.note, caller.name)
    return VersionView.model_validate(made, from_attributes=True)


@router.get("/running", summary="What the agent runs now", responses=problems(401, 403, 409, 422))
@policy("edge.configure")
def read_running(caller: Caller, services: Injected, edge: EdgeId) -> RunningView:
    """Asked of the agent itself; a text with a password in it is not told."""
    report, text = services.remote_config.running(caller.tenant, edge, caller.name)
    return RunningView(
        state=report.state, active=report.active, reason=report.reason, code=report.code, params=report.params,
        basis=report.basis, text=text,
    )  # fmt: skip


@router.get("/drift", summary="What was changed at the machine", responses=problems(401, 403, 404, 409, 422))
@policy("edge.configure")
def read_drift(caller: Caller, services: Injected, edge: EdgeId) -> DifferenceView:
    """Asked of the agent itself. To have it as it was, push the version again; to keep it, make the text a version and
    push that: nothing is touched then."""
    found = services.remote_config.difference(caller.tenant, edge, caller.name)
    found = existing(caller, "edge.configure", "drift", edge, found)
    report = found.report
    return DifferenceView(
        drift=DriftView.model_validate(found.drift, from_attributes=True), text=found.text, diff=found.diff,
        changes=found.changes, reason=report.reason, code=report.code, params=report.params, basis=report.basis,
    )  # fmt: skip


@router.post("/check", summary="Have the agent check a text", responses=problems(401, 403, 409, 422))
@policy("edge.configure")
def check_text(caller: Caller, services: Injected, edge: EdgeId, body: TextRequest) -> ReportView:
    """A dry run: the agent judges it with its own drivers and says what would change. Nothing is stored."""
    report = services.remote_config.try_out(caller.tenant, edge, body.text, caller.name)
    return ReportView.model_validate(report, from_attributes=True)


@router.get("/{no}", summary="Text of a version", responses=problems(401, 403, 404))
@policy("edge.configure")
def read_config(caller: Caller, services: Injected, edge: EdgeId, no: Number) -> TextView:
    """As it was given."""
    text = services.remote_config.text(caller.tenant, edge, no)
    return TextView(text=existing(caller, "edge.configure", "version", no, text))


@router.get("/{no}/diff", summary="What a version changes", responses=problems(401, 403, 404, 422))
@policy("edge.configure")
def diff_config(
    caller: Caller,
    services: Injected,
    edge: EdgeId,
    no: Number,
    before: Annotated[int, Query(ge=0, le=2**31 - 1, description="The version to compare with; 0: nothing.")],
) -> DiffView:
    """From `before` to this one."""
    diff = services.remote_config.diff(caller.tenant, edge, before, no)
    return DiffView(diff=existing(caller, "edge.configure", "version", no, diff))


@router.post("/{no}/check", summary="Have the agent check a version", responses=problems(401, 403, 404, 409, 422))
@policy("edge.configure")
def check_config(caller: Caller, services: Injected, edge: EdgeId, no: Number) -> ReportView:
    """The agent judges it with its own drivers and changes nothing."""
    report = services.remote_config.send(caller.tenant, edge, no, "check", caller.name)
    return ReportView.model_validate(existing(caller, "edge.configure", "version", no, report), from_attributes=True)


@router.post("/{no}/push", summary="Push a version", responses=problems(401, 403, 404, 409, 422))
@policy("edge.configure")
def push_config(caller: Caller, services: Injected, edge: EdgeId, no: Number, body: PushRequest) -> ReportView:
    """The agent checks it, goes over to it, watches, and goes back by itself where it does worse than before."""
    report = services.remote_config.send(caller.tenant, edge, no, "apply", caller.name, body.watch_s, body.basis)
    return ReportView.model_validate(existing(caller, "edge.configure", "version", no, report), from_attributes=True)
