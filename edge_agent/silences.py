"""How long a tag is silent at most while it is read: who has heard nothing for much longer knows that it was not."""

from __future__ import annotations

from edge_agent.calculated.section import CALCULATED, classes, key_of
from edge_agent.config import LoadedConfig
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig


class Silences:
    """Of the tags of one configuration, calculated ones among them."""

    def __init__(self, loaded: LoadedConfig) -> None:
        self._rows = loaded.rows
        blocks = {conn.id: _blocks(conn) for conn in loaded.config.connections if conn.sequences}
        self._blocks = blocks
        # A calculated tag is told when its inputs are read. Of these it is not known how often.
        irregular = loaded.rows | loaded.told | blocks.keys()
        self._unknown = {
            key_of(tag)
            for one in classes(loaded.config)
            if any(source.conn in irregular for source in one.sources)
            for tag in one.tags
        }

    def of(self, conn: ConnectionConfig, tag: TagConfig) -> float | None:
        """Longest time between two samples of the tag, s; None where nothing is said again: recorded rows, blocks
        with a counter."""
        if conn.id in self._rows or tag.name in self._blocks.get(conn.id, ()):
            return None
        if conn.id == CALCULATED and f"{CALCULATED}/{tag.name}" in self._unknown:
            return None
        return max(tag.silence_max_s or conn.report.silence_max_s, (tag.scan_ms or conn.scan_ms) / 1000)


def _blocks(conn: ConnectionConfig) -> frozenset[str]:
    """Tags that are samples only when the counter of their block has moved."""
    names: set[str] = set()
    for sequence in conn.sequences:
        names.update(sequence.tags or (tag.name for tag in conn.tags))
        names.update(name for name in (sequence.tag, sequence.time_tag) if name)
    return frozenset(names)
