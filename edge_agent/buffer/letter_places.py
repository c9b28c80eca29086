"""Whose values a dead letter holds, where its row names no single connection: read from its own body."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

import msgpack
import numpy as np

from edge_agent.buffer import dead_letters
from schemas.errors import WireError
from schemas.wire.batch import decode_columns
from schemas.wire.dictionary import TagEntry

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool

#: What decoding a body may raise that somebody found no sense in.
_SENSELESS: Final = (WireError, ArithmeticError, LookupError, TypeError, ValueError)


def places_of(spool: Spool, ids: Collection[int]) -> dict[int, Sequence[str]]:
    """By letter, the connections of its tags, sorted; none where the body does not say."""
    known: dict[int, str] = {}
    return {row_id: sorted(_places(spool, row_id, known)) for row_id in ids}


def _places(spool: Spool, row_id: int, known: dict[int, str]) -> set[str]:
    row = spool.db.execute("SELECT z FROM batch WHERE id = ?", (row_id,)).fetchone()
    try:
        groups = decode_columns(dead_letters.body(spool, row_id), row[0]) if row else []
    except _SENSELESS:
        return set()
    aliases = {int(alias) for group in groups for alias in np.unique(group.id)}
    for alias in aliases - set(known):
        known[alias] = _place(spool, alias)
    return {known[alias] for alias in aliases} - {""}


def _place(spool: Spool, alias: int) -> str:
    row = spool.db.execute("SELECT record FROM alias WHERE alias = ?", (alias,)).fetchone()
    return TagEntry.from_record(msgpack.unpackb(row[0])).connection if row and row[0] else ""
