"""Aliases of tags: u32 numbers given out once and never again, kept with the tag's dictionary record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import msgpack

from schemas.wire.dictionary import TagEntry

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool


def allocate(spool: Spool, wanted: Sequence[TagEntry]) -> tuple[dict[UUID, int], list[TagEntry]]:
    """Gives every tag (by UUID; the alias in `wanted` is ignored) its alias.

    Returns UUID → alias and the entries the platform has not been told yet: new, changed, and
    retired ones that are no longer wanted.
    """
    known = {entry.uuid: entry for entry in read_all(spool)}
    aliases: dict[UUID, int] = {}
    changed: list[TagEntry] = []
    with spool.transaction():
        for entry in wanted:
            old = known.pop(entry.uuid, None)
            new = replace(entry, alias=old.alias if old else _next(spool, str(entry.uuid)), retired=False)
            aliases[entry.uuid] = new.alias
            if new != old:
                changed.append(new)
        changed += [replace(gone, retired=True) for gone in known.values() if not gone.retired]
        for entry in changed:
            write(spool, entry)
    return aliases, changed


def _next(spool: Spool, uuid: str) -> int:
    cursor = spool.db.execute("INSERT INTO alias (uuid, record) VALUES (?, x'')", (uuid,))
    return int(cursor.lastrowid or 0)


def write(spool: Spool, entry: TagEntry) -> None:
    """Stores an entry under its alias; call it within a transaction."""
    spool.db.execute(
        "INSERT OR REPLACE INTO alias (alias, uuid, record) VALUES (?, ?, ?)",
        (entry.alias, str(entry.uuid), msgpack.packb(entry.to_record())),
    )


def read_all(spool: Spool) -> list[TagEntry]:
    """Every entry ever given an alias, oldest first: what a full dictionary consists of."""
    rows = spool.db.execute("SELECT record FROM alias ORDER BY alias")
    return [TagEntry.from_record(msgpack.unpackb(row[0])) for row in rows]
