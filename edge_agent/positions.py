"""How far a source of rows is read: kept in the spool with the rows themselves, so that a crash neither loses one nor
doubles one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from edge_agent.batcher import Batcher
from edge_agent.buffer.rows import SequenceKey
from edge_agent.buffer.writer import SpoolWriter
from schemas.errors import ConnectError

__all__ = ["committed_marks", "kept_positions", "wait_kept"]

#: How often a disk that takes nothing is asked again, s.
AGAIN_S = 0.5


async def committed_marks(writer: SpoolWriter) -> dict[SequenceKey, int]:
    """The marks on the disk once everything submitted so far is there; waits as long as the disk takes nothing."""
    while True:
        # Asked in the spool's thread, right after it tried to write.
        marks = await writer.ask(lambda spool: None if writer.figures.failing else spool.marks())
        if marks is not None:
            return marks
        await asyncio.sleep(AGAIN_S)


async def kept_positions(batcher: Batcher, conn: str) -> dict[str, int]:
    """The positions of a connection that are on the disk: among the marks, names of tags have no `/`."""
    if batcher.kept_marks is None:
        return {}
    return {key.tag: at for key, at in (await batcher.kept_marks()).items() if key.conn == conn and "/" in key.tag}


async def wait_kept(batcher: Batcher, conn: str, positions: Mapping[str, int]) -> None:
    """Returns when the positions are on the disk. Raises ConnectError where the spool did not take them: the rows are
    read again from the last place that it has."""
    if batcher.kept_marks is None:
        return
    marks = await batcher.kept_marks()
    if any(marks.get(SequenceKey(conn, name), -1) != at for name, at in positions.items()):
        raise ConnectError("device.rows_not_kept", f"{conn}: the spool did not take the rows: they are read again")
