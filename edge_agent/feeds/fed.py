"""What a feed tells of: a connection with its tags, or the calculated tags, which are one without a device."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from edge_agent.pipeline.scan import ScanClass
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.wire.columns import Columns


class Fed(Protocol):
    """A `Device` or the `Calculator`."""

    @property
    def conn(self) -> ConnectionConfig:
        """The connection as it is configured."""
        ...

    @property
    def scans(self) -> Sequence[ScanClass]:
        """Its tags, by scan class."""
        ...

    @property
    def up(self) -> bool:
        """Whether it is read now."""
        ...

    def current(self) -> list[Columns]:
        """Last reported samples of all tags; ids are aliases."""
        ...


def tags_of(fed: Fed) -> Iterable[TagConfig]:
    """Its tags, in the order of their scan classes."""
    return (tag for scan in fed.scans for tag in scan.tags)
