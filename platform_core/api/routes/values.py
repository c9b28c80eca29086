"""Values: the latest, and the past."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.services import Injected, Services
from platform_core.auth.clock import now_us
from platform_core.auth.policy import Principal
from platform_core.services.current_values import latest_values
from platform_core.services.history import IDS_MAX, POINTS_DEFAULT, POINTS_MAX, HistoryQuery, check_query
from platform_core.services.visibility import Hidden

router = APIRouter(prefix="/api/v1/values", tags=["values"], route_class=GuardedRoute)
TagId = Annotated[int, Field(ge=1, le=2**32 - 1)]
LATEST_IDS_MAX = 20_000
TIME_MAX = 2**53
Value = float | int | bool | str | None


class LatestRequest(BaseModel):
    """Tags whose latest values are wanted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ids": [7, 8]}]})
    ids: list[TagId] = Field(max_length=LATEST_IDS_MAX, description="Tag ids; unknown ones are left out.")


class LatestValue(BaseModel):
    """The latest value of a tag."""

    id: int = Field(description="Tag id.")
    v: Value = Field(description="Value; null when bad. Integers beyond 2^53 are text.")
    q: int = Field(description="Quality code: below 64 good, from 128 bad.")
    ts: int = Field(description="Its time, µs UTC; 0 when no value ever came.")
    fresh: int = Field(description="0 fresh, 1 stale, 2 offline.")
    good: tuple[Value, int] | None = Field(description="For a bad one: the last good value and its time.")


class LatestAnswer(BaseModel):
    """Latest values, as of `now`."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "now": 1764000000000000,
                    "values": [{"id": 7, "v": 52.4, "q": 0, "ts": 1763999999500000, "fresh": 0, "good": None}],
                }
            ]
        }
    )
    now: int = Field(description="The platform's clock, µs UTC.")
    values: list[LatestValue] = Field(description="In the order asked.")


class HistoryRequest(BaseModel):
    """Tags and a range of time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ids": [7], "from": 1763996400000000, "to": 1764000000000000, "points": 800}]},
    )
    ids: list[TagId] = Field(min_length=1, max_length=IDS_MAX, description="Tag ids; unknown ones are left out.")
    from_: int = Field(alias="from", ge=-TIME_MAX, le=TIME_MAX, description="Begin, µs UTC, included.")
    to: int = Field(ge=-TIME_MAX, le=TIME_MAX, description="End, µs UTC, excluded.")
    points: int = Field(
        default=POINTS_DEFAULT, ge=1, le=POINTS_MAX, description="Pixels: at most two points are given for each."
    )
    raw: bool = Field(default=False, description="Every sample instead, up to a limit.")


class HistoryStats(BaseModel):
    """Statistics of the range."""

    n: int = Field(description="Samples with a value.")
    min: Value = Field(description="Smallest value.")
    max: Value = Field(description="Largest value.")
    mean: float | None = Field(description="Mean over time: each value weighs as long as it was in force.")
    first_t: int | None = Field(description="Time of the first value in the range.")
    last_t: int | None = Field(description="Time of the last value in the range.")


class HistorySeries(BaseModel):
    """One tag. The first point may be before the range: the value in force when it begins."""

    id: int = Field(description="Tag id.")
    kind: str = Field(description="Kind of value.")
    reduced: bool = Field(description="True: v are the smallest and largest values of short stretches of time.")
    truncated: bool = Field(description="True: there are more samples than the limit; the rest is left out.")
    t: list[int] = Field(description="Times, µs UTC, rising.")
    v: list[Value] = Field(description="Values; null where bad.")
    q: list[int] = Field(description="Quality codes.")
    stats: HistoryStats = Field(description="Statistics.")


class HistoryGap(BaseModel):
    """A time in which data is known to be missing."""

    edge: str = Field(description="Edge agent.")
    connection: str | None = Field(description="Connection; null for the whole agent.")
    kind: str = Field(description="dropped, not_sampled or dead.")
    reason: str = Field(description="Why.")
    from_: int = Field(alias="from", description="Begin, µs UTC.")
    to: int = Field(description="End, µs UTC, excluded.")
    n: int | None = Field(description="How many are missing; null when it cannot be known.")
    count_of: str = Field(description="What n counts: points, rows or cycles.")


class HistoryAnswer(BaseModel):
    """The past of some tags."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "series": [
                        {
                            "id": 7,
                            "kind": "f",
                            "reduced": False,
                            "truncated": False,
                            "t": [1763996399000000, 1763996400500000],
                            "v": [52.0, 52.4],
                            "q": [0, 0],
                            "stats": {
                                "n": 1,
                                "min": 52.4,
                                "max": 52.4,
                                "mean": 52.4,
                                "first_t": 1763996400500000,
                                "last_t": 1763996400500000,
                            },
                        }
                    ],
                    "gaps": [],
                }
            ]
        }
    )
    series: list[HistorySeries] = Field(description="One per known tag, in the order asked.")
    gaps: list[HistoryGap] = Field(description="Gaps of these tags' edges and connections in the range.")


def hidden_from(caller: Principal, services: Services) -> Hidden:
    """What the caller does not get to see: such ids are treated like ids that nobody ever had."""
    return services.visibility.hidden(caller.tenant, caller.role)


@router.post("/latest", summary="Latest values", response_model=LatestAnswer, responses=problems(401, 403, 422))
@policy("value.read")
def read_latest(caller: Caller, services: Injected, body: LatestRequest) -> Response:
    """Value, quality and age of each tag."""
    ids = hidden_from(caller, services).without(body.ids)
    values = latest_values(services.hub, caller.tenant, ids)
    return plain({"now": now_us(), "values": values})


@router.post("/history", summary="The past", response_model=HistoryAnswer, responses=problems(401, 403, 422))
@policy("value.read")
def read_history(caller: Caller, services: Injected, body: HistoryRequest) -> Response:
    """For trends: extremes are never lost, and what is missing is said."""
    ids = hidden_from(caller, services).without(body.ids)
    asked = HistoryQuery(ids or body.ids, body.from_, body.to, body.points, body.raw)
    if not ids:  # as for tags that nobody ever had: the question is checked, the answer is empty
        check_query(asked)
        return plain({"series": [], "gaps": []})
    series, tags = services.history.query(caller.tenant, asked)
    places = {(tag.edge, tag.connection) for tag in tags.values()}
    gaps = services.gaps.overlapping(caller.tenant, places, asked.t0, asked.t1)
    names = ("id", "kind", "reduced", "truncated", "t", "v", "q", "stats")
    return plain({"series": [{name: getattr(view, name) for name in names} for view in series], "gaps": gaps})
