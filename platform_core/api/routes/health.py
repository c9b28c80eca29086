"""Health of agents and platform; a sign of life for supervisors; the description of this API."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.guard import PUBLIC, Caller, GuardedRoute, policy
from platform_core.api.routes.values import HistoryGap
from platform_core.api.services import Injected

router = APIRouter(tags=["health"], route_class=GuardedRoute)


class ConnectionView(BaseModel):
    """A connection of an agent."""

    id: str = Field(description="Connection.")
    driver: str = Field(description="Its driver.")
    up: bool = Field(description="Whether the device answers.")
    since: int | None = Field(description="Since when, µs UTC.")
    error: str | None = Field(description="Why it is down.")
    last_read_ts: int | None = Field(description="Last complete read, µs UTC.")
    scan_overruns: int = Field(description="Reads left out because one took too long.")
    tags: int = Field(description="Tags read.")
    bad_tags: int = Field(description="Tags with bad quality now.")
    timeouts: int = Field(default=0, description="Requests without an answer since the agent's start.")
    exceptions: int = Field(default=0, description="Answers that were exceptions, since the agent's start.")
    rtt_p95_us: int = Field(default=0, description="Round trip of the last minutes, 95th percentile, µs; 0: not told.")
    busy_permille: int = Field(
        default=0, description="Share of the last minute in which an answer was waited for, ‰; 0: not told."
    )


class BacklogView(BaseModel):
    """What an agent has not yet delivered."""

    points: int = Field(description="Points.")
    bytes: int = Field(description="Size of the spool in bytes.")
    oldest_ts: int | None = Field(description="Time of the oldest point, µs UTC.")


class IdentityView(BaseModel):
    """accepted = acked + pending + dropped + dead."""

    accepted: int = Field(description="Points made durable by the agent.")
    acked: int = Field(description="Delivered.")
    pending: int = Field(description="Still to be delivered.")
    dropped: int = Field(description="Lost to a full spool; in the gap ledger.")
    dead: int = Field(description="Refused by the platform; kept as dead letters.")


class EdgeView(BaseModel):
    """An edge agent."""

    id: str = Field(description="Edge.")
    online: bool = Field(description="Whether it is heard.")
    offline_since: int | None = Field(description="Since when it is not, µs UTC.")
    last_value_ts: int | None = Field(description="Newest value that came, µs UTC.")
    clock_offset_ms: float | None = Field(description="Its clock minus the platform's.")
    agent_version: str = Field(description="Version of its program.")
    changed_at_machine: bool = Field(
        description="Whether it runs another configuration than the one pushed last and kept."
    )
    backlog: BacklogView = Field(description="What is still to come.")
    identity: IdentityView = Field(description="What became of each point.")
    disk_free: int | None = Field(description="Free bytes on its disk.")
    spool_room_s: int | None = Field(
        default=None, description="Seconds until it drops data if the platform stays away; null: not known."
    )
    connections: list[ConnectionView] = Field(description="Its connections.")


class DiskView(BaseModel):
    """The platform's disk."""

    free: int = Field(description="Free bytes.")
    total: int = Field(description="All bytes.")


class BrokerView(BaseModel):
    """The MQTT broker."""

    up: bool = Field(description="Whether the platform is connected to it.")


class WritesView(BaseModel):
    """Whether writes to devices go out."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"stopped": True, "by": "anna", "since": 1764000000000000, "reason": "Somebody works at press 2",
                 "everywhere": False}
            ]
        }
    )  # fmt: skip
    stopped: bool = Field(description="Whether they are all held back.")
    by: str = Field(description="Who stopped them; empty: not known.")
    since: int = Field(description="Since when, µs UTC; 0: not stopped.")
    reason: str = Field(description="Why.")
    everywhere: bool = Field(description="Stopped on the platform's machine, and only there it is taken back.")


class HealthView(BaseModel):
    """The health of everything."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "now": 1764000000000000,
                    "edges": [],
                    "gaps": [],
                    "store": {"rows": 1200000, "bytes": 5100000},
                    "journal": {"bytes": 1048576, "last_no": 4711},
                    "impossible_times": 0,
                    "dead_letters": 0,
                    "disk": {"free": 80000000000, "total": 120000000000},
                    "broker": {"up": True},
                    "writes": {"stopped": False, "by": "", "since": 0, "reason": "", "everywhere": False},
                }
            ]
        }
    )
    now: int = Field(description="The platform's clock, µs UTC.")
    edges: list[EdgeView] = Field(description="Edge agents.")
    gaps: list[HistoryGap] = Field(description="The latest gaps.")
    store: dict[str, Any] = Field(description="Figures of the store.")
    journal: dict[str, Any] = Field(
        description="Figures of the journal; torn_bytes were cut off at the start and never acknowledged."
    )
    impossible_times: int = Field(
        description="Samples since the start of the platform whose time cannot be true; kept with quality 65."
    )
    dead_letters: int = Field(description="Messages kept because they could not be read.")
    disk: DiskView = Field(description="The platform's disk.")
    broker: BrokerView = Field(description="The MQTT broker.")
    writes: WritesView = Field(description="Whether writes to devices go out.")


class DeadLetterView(BaseModel):
    """A message of an agent that could not be taken in."""

    model_config = ConfigDict(populate_by_name=True)
    id: int = Field(description="Its number.")
    edge: str = Field(description="Edge agent; empty: not known.")
    connection: str | None = Field(description="Connection; null: several, or the agent has not told yet.")
    received: int = Field(description="When it came, µs UTC.")
    code: str = Field(description="Why, as a code.")
    reason: str = Field(description="Why, in words.")
    bytes: int = Field(description="Its size.")
    points: int | None = Field(description="How many values it holds, by the agent's account; null: not told.")
    from_: int | None = Field(alias="from", description="Time of its first value, µs UTC; null: not told.")
    to: int | None = Field(description="End of its values, µs UTC, excluded; null: not told.")


class DeadLettersView(BaseModel):
    """What agents sent and nobody could take in."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "letters": [
                        {
                            "id": 3, "edge": "line_1", "connection": "press_1", "received": 1764000000000000,
                            "code": "ingest.kind", "reason": "A sample's kind is not its tag's.", "bytes": 812,
                            "points": 40, "from": 1763999999000000, "to": 1764000000000000,
                        }
                    ],
                    "kept": 1,
                }
            ]
        }
    )  # fmt: skip
    letters: list[DeadLetterView] = Field(description="The latest, newest first.")
    kept: int = Field(description="How many are kept.")


class Alive(BaseModel):
    """A sign of life."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})
    status: str = Field(description="Always ok.")


@router.get("/api/v1/health", summary="Health", response_model=HealthView, responses=problems(401))
@policy("health.read")
def read_health(caller: Caller, services: Injected) -> Response:
    """Agents and connections with since when, backlog, gaps, disk, clocks.

    A connection of which the caller's role may see no tag is left out, with its gaps.
    """
    hidden = services.visibility.hidden_connections(caller.tenant, caller.role)
    return plain(services.health.view(caller.tenant, hidden, services.remote_config.drifted(caller.tenant)))


@router.get(
    "/api/v1/health/dead-letters", summary="Dead letters", response_model=DeadLettersView, responses=problems(401)
)
@policy("health.read")
def read_dead_letters(caller: Caller, services: Injected) -> Response:
    """The latest messages of agents that could not be taken in, with the reason.

    A role that does not see every connection gets those of connections it sees.
    """
    hidden = services.visibility.hidden_connections(caller.tenant, caller.role)
    return plain(services.refused_messages.view(caller.tenant, hidden))


@router.get("/healthz", summary="Sign of life")
@policy(PUBLIC)
async def read_liveness() -> Alive:
    """Says that the process answers, and nothing else. Needs no login."""
    return Alive(status="ok")


@router.get("/api/v1/openapi.json", summary="This description", responses=problems(401))
@policy("api.describe")
def read_openapi(request: Request) -> dict[str, Any]:
    """OpenAPI 3.1."""
    document: dict[str, Any] = request.app.openapi()
    return document
