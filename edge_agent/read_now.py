"""Values of a few tags read once, outside the scan classes: as a person, or a write, wants them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from connectors.driver import Driver, Reading
from connectors.shape import Shaper
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM


@dataclass(slots=True, frozen=True)
class Value:
    """One tag as read; `value` is None where it is bad, `ts` the time of acquisition (µs UTC)."""

    tag: TagConfig
    value: Any
    quality: int
    ts: int


async def read_now(driver: Driver[Any], tags: Sequence[TagConfig], known: Sequence[TagConfig] = ()) -> list[Value]:
    """Every tag once, in the order given. Raises ConnectError.

    `known`: the connection's tags, among them those with powers of ten (`scale_from`), which are read along.
    """
    given = {tag.name for tag in tags}
    wanted = {tag.scale_from for tag in tags if tag.scale_from is not None} - given
    along = [*tags, *(tag for tag in known if tag.name in wanted)]
    return values_of(along, await driver.read(driver.plan(along)))[: len(tags)]


def values_of(tags: Sequence[TagConfig], readings: Sequence[Reading]) -> list[Value]:
    """The readings of a plan of `tags` as values, in the order of the tags."""
    found: dict[int, Value] = {}
    for reading in Shaper(tags).shape(readings):
        columns = reading.columns
        for row, index in enumerate(columns.id.tolist()):
            quality = int(columns.q[row])
            raw = columns.v[row]
            value = None if quality >= BAD_FROM else (str(raw) if columns.kind == "s" else raw.item())
            value = bool(value) if columns.kind == "b" and value is not None else value
            found[index] = Value(tags[index], value, quality, int(columns.ts[row]))
    return [found[index] for index in sorted(found)]
