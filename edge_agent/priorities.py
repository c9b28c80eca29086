"""Which samples go in batches of their own, so that a full spool can drop what matters least and keep what matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from edge_agent.buffer.rows import Priority
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagPriority
from schemas.wire.columns import Columns

LANES: Final[Mapping[TagPriority, Priority]] = {
    "high": Priority.EVENT, "normal": Priority.DATA, "low": Priority.FAST,
}  # fmt: skip


class Priorities:
    """Splits columns (ids are aliases) by the lane of their tags; aliases that are not named are `normal`."""

    def __init__(self, lane_of: Mapping[int, Priority]) -> None:
        self._aliases = {
            lane: np.array(sorted(alias for alias, own in lane_of.items() if own == lane), dtype=np.uint32)
            for lane in (Priority.EVENT, Priority.FAST)
            if lane in lane_of.values()
        }

    def split(self, groups: Sequence[Columns]) -> list[tuple[Priority, list[Columns]]]:
        """The groups by lane, the most important first; lanes without a row are left out."""
        if not self._aliases:
            return [(Priority.DATA, list(groups))] if groups else []
        lanes: dict[Priority, list[Columns]] = {Priority.EVENT: [], Priority.DATA: [], Priority.FAST: []}
        for group in groups:
            rest = np.ones(len(group), dtype=bool)
            for lane, aliases in self._aliases.items():
                mine = np.isin(group.id, aliases)
                if mine.any():
                    lanes[lane].append(group.take(np.flatnonzero(mine)))
                    rest &= ~mine
            if rest.any():
                lanes[Priority.DATA].append(group if rest.all() else group.take(np.flatnonzero(rest)))
        return [(lane, part) for lane, part in lanes.items() if part]


def priorities_of(connections: Iterable[ConnectionConfig], alias_of: Mapping[str, int]) -> Priorities:
    """What the configuration says: a tag's own priority, else that of its connection."""
    return Priorities(
        {
            alias_of[key]: LANES[tag.priority or conn.priority]
            for conn in connections
            for tag in conn.tags
            if (tag.priority or conn.priority) != "normal" and (key := f"{conn.id}/{tag.name}") in alias_of
        }
    )
