"""Calculated tag: a value the agent makes of other tags' values, where they are read."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from schemas.models.tag import InterlockName, TagBase, TagKey
from schemas.wire.kinds import Kind

Method = Literal["value", "counter", "integral", "run_time", "rate"]
_KINDS: dict[str, Kind] = {"float64": "f", "int64": "i", "bool": "b", "string": "s"}


class CalculatedTag(TagBase):
    """A tag that is calculated by the agent; its key is calculated/name."""

    expression: str = Field(min_length=1, max_length=1000, description="Formula over the inputs; see Expressions.")
    inputs: dict[InterlockName, TagKey] = Field(
        min_length=1, max_length=50, description="Names in the formula and the tags they stand for: connection/tag."
    )
    type: Literal["float64", "int64", "bool", "string"] = Field(default="float64", description="Type of the result.")
    method: Method = Field(
        default="value",
        description="What is made of the formula over time. value: itself; counter: a total that goes on where the "
        "formula's count wraps or is reset; integral: the total of a rate; run_time: how long it was true; rate: how "
        "fast its count rises.",
    )
    bits: Literal[16, 32] | None = Field(
        default=None, description="counter, rate: the count begins again at 0 after 16 or 32 bits."
    )
    factor: float = Field(default=1.0, gt=0, description="counter, integral, rate: what one of the formula's units is.")
    per: Literal["s", "min", "h", "d"] | None = Field(
        default=None,
        description="integral: the time in the rate's unit, rate: in the result's; left out: the units tell it.",
    )
    start: float = Field(default=0.0, ge=0, description="Where a total begins that is calculated for the first time.")
    window_s: float = Field(default=60.0, gt=0, le=86_400, description="rate: the time it is taken over.")
    gap_max_s: float | None = Field(
        default=None,
        gt=0,
        le=86_400,
        description="Between values further apart nothing is totalled, and the gap is told; left out: 5 scan periods, "
        "at least 5 s.",
    )

    @model_validator(mode="after")
    def _not_written(self) -> Self:
        if self.write is not None:
            raise ValueError("a calculated tag cannot be written: remove write")
        return self

    @property
    def kind(self) -> Kind:
        """Kind of the result; fixed for the life of the tag."""
        return _KINDS[self.type]
