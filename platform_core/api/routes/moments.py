"""Values of a moment, one number of a range, and values that people type."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response

from platform_core.api.answers import plain, problems
from platform_core.api.guard import Caller, GuardedRoute, policy
from platform_core.api.routes.values import TIME_MAX, TagId, Value, hidden_from
from platform_core.api.services import Injected
from platform_core.services.manual_values import TEXT_MAX, VALUES_MAX, ManualValue
from platform_core.services.moments import IDS_MAX
from schemas.models.binding import HistoryFn

router = APIRouter(prefix="/api/v1/values", tags=["values"], route_class=GuardedRoute)
Text = Annotated[str, StringConstraints(max_length=TEXT_MAX)]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,80}$")]


class AtRequest(BaseModel):
    """Tags and a moment."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"ids": [7], "ts": 1764000000000000}]})
    ids: list[TagId] = Field(max_length=IDS_MAX, description="Tag ids; unknown ones are left out.")
    ts: int = Field(ge=0, le=TIME_MAX, description="The moment, µs UTC.")


class MomentValue(BaseModel):
    """What a tag had at a moment."""

    id: int = Field(description="Tag id.")
    v: Value = Field(description="Value in force; null when bad or not there yet.")
    q: int = Field(description="Quality code; 140 when there was no sample yet.")
    ts: int = Field(description="Time of the sample, µs UTC; 0 when there was none.")
    fresh: int = Field(description="0, or 2 where nothing was read at that moment (a gap is known).")


class AtAnswer(BaseModel):
    """Values of a moment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"ts": 1764000000000000, "values": [{"id": 7, "v": 52.4, "q": 0, "ts": 1763999999500000,
                                                             "fresh": 0}]}]
        }
    )  # fmt: skip
    ts: int = Field(description="The moment asked for.")
    values: list[MomentValue] = Field(description="In the order asked.")


class SummaryRequest(BaseModel):
    """One number of a range, for some tags."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"ids": [7], "from": 1763996400000000, "to": 1764000000000000, "fn": "mean"}]},
    )
    ids: list[TagId] = Field(min_length=1, max_length=IDS_MAX, description="Tag ids; unknown ones are left out.")
    from_: int = Field(alias="from", ge=0, le=TIME_MAX, description="Begin, µs UTC, included.")
    to: int = Field(ge=0, le=TIME_MAX, description="End, µs UTC, excluded; what lies in the future does not count.")
    fn: HistoryFn = Field(description="last, first, min, max, mean, sum, delta or count.")
    counter: bool | None = Field(
        default=None, description="delta: whether a fall is a counter that began anew at 0; null: only for kind u."
    )


class SummaryValue(BaseModel):
    """The number of one tag."""

    id: int = Field(description="Tag id.")
    v: Value = Field(description="The number; null when there is nothing to make it of.")
    q: int = Field(description="Worst quality of what it is made of; 140 nothing, 139 text has no such number.")
    ts: int | None = Field(description="Time of the newest value used, µs UTC.")
    n: int = Field(description="Samples with a value in the range.")
    coverage: float = Field(description="Share of the range in which a value was in force, 0 to 1.")
    resets: int = Field(description="delta: how often the counter began anew.")


class SummaryAnswer(BaseModel):
    """One number for each tag."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"values": [{"id": 7, "v": 52.4, "q": 0, "ts": 1763999999500000, "n": 800, "coverage": 1.0,
                                      "resets": 0}]}]
        }
    )  # fmt: skip
    values: list[SummaryValue] = Field(description="One per known tag, in the order asked.")


class TypedValue(BaseModel):
    """A value someone typed."""

    model_config = ConfigDict(extra="forbid")
    id: TagId = Field(description="A tag made by POST /tags/manual.")
    v: float | int | bool | Text = Field(description="The value, of the tag's kind.")
    ts: int | None = Field(
        default=None, ge=0, le=TIME_MAX, description="When it was so, µs UTC, at most 31 days ago; null: now."
    )


class TypedRequest(BaseModel):
    """Values someone typed; all are stored or none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"key": "3b241101-e2bb-4255", "values": [{"id": 40, "v": 12.5}]}]},
    )
    key: Key = Field(description="Made anew for each entry; sent again with the same key it is stored once.")
    values: list[TypedValue] = Field(min_length=1, max_length=VALUES_MAX, description="The values.")


class StoredValue(BaseModel):
    """A value as it is stored."""

    id: int = Field(description="Tag id.")
    v: Value = Field(description="Value.")
    q: int = Field(description="Quality: 1 manual.")
    ts: int = Field(description="Its time, µs UTC.")


class TypedAnswer(BaseModel):
    """What is stored: it is on the disk when this answer comes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"stored": [{"id": 40, "v": 12.5, "q": 1, "ts": 1764000000000000}], "repeated": False}]
        }
    )
    stored: list[StoredValue] = Field(description="In the order sent.")
    repeated: bool = Field(description="Whether it was here already.")


@router.post("/at", summary="Values of a moment", response_model=AtAnswer, responses=problems(401, 403, 422))
@policy("value.read")
def read_at(caller: Caller, services: Injected, body: AtRequest) -> Response:
    """What each tag had then, for time travel."""
    ids = hidden_from(caller, services).without(body.ids)
    return plain({"ts": body.ts, "values": services.moments.at(caller.tenant, ids, body.ts)})


@router.post("/summary", summary="One number of a range", response_model=SummaryAnswer,
             responses=problems(401, 403, 422))  # fmt: skip
@policy("value.read")
def read_summary(caller: Caller, services: Injected, body: SummaryRequest) -> Response:
    """What the functions mean exactly is written in the reference, under Writes and values."""
    ids = hidden_from(caller, services).without(body.ids)
    if not ids:
        return plain({"values": []})
    values = services.moments.summary(caller.tenant, ids, body.from_, body.to, body.fn, counter=body.counter)
    return plain({"values": values})


@router.post("/manual", summary="Store typed values", response_model=TypedAnswer,
             responses=problems(401, 403, 422, 503))  # fmt: skip
@policy("value.write")
def store_typed(caller: Caller, services: Injected, body: TypedRequest) -> Response:
    """Durable when answered, with quality 1 (manual)."""
    hidden = hidden_from(caller, services)
    # A hidden tag is asked for by an id that nobody has: the answer is the same as for one.
    values = [ManualValue(0 if value.id in hidden.tags else value.id, value.v, value.ts) for value in body.values]
    return plain(services.manual_values.store(caller.tenant, caller.name, body.key, values))
