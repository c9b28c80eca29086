"""Aliases of tags: u32 numbers given out once and never again, kept with the tag's dictionary record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID

import msgpack

from schemas.wire.dictionary import TagEntry

if TYPE_CHECKING:
    from edge_agent.buffer.spool import Spool


_PART = 1000


def allocate(spool: Spool, wanted: Iterable[TagEntry]) -> tuple[dict[UUID, int], list[int]]:
    """Gives every tag (by UUID; the alias in `wanted` is ignored) its alias.

    Returns UUID → alias and the aliases the platform has not been told of yet: new, changed, and retired ones that are
    no longer wanted. Entries pass one by one: a hundred thousand at once would be a hundred megabytes.
    """
    aliases: dict[UUID, int] = {}
    changed: list[int] = []
    with spool.transaction():
        for entry in wanted:
            row = spool.db.execute("SELECT alias, record FROM alias WHERE uuid = ?", (str(entry.uuid),)).fetchone()
            new = replace(entry, alias=row[0] if row else _next(spool, str(entry.uuid)), retired=False)
            aliases[entry.uuid] = new.alias
            record = msgpack.packb(new.to_record())
            if row is None or (row[1] != record and _entry(row[1]) != new):
                write(spool, new)
                changed.append(new.alias)
        taken = set(aliases.values())
        for old in read_all(spool):
            if old.alias not in taken and not old.retired:
                write(spool, replace(old, retired=True))
                changed.append(old.alias)
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


def read_all(spool: Spool) -> Iterator[TagEntry]:
    """Every entry ever given an alias, oldest first: what a full dictionary consists of."""
    last = 0
    while rows := spool.db.execute(
        "SELECT alias, record FROM alias WHERE alias > ? ORDER BY alias LIMIT ?", (last, _PART)
    ).fetchall():
        last = rows[-1][0]
        yield from (_entry(record) for _, record in rows)


def read(spool: Spool, aliases: Iterable[int]) -> Iterator[TagEntry]:
    """The entries of these aliases."""
    for alias in aliases:
        (record,) = spool.db.execute("SELECT record FROM alias WHERE alias = ?", (alias,)).fetchone()
        yield _entry(record)


def _entry(record: bytes) -> TagEntry:
    return TagEntry.from_record(msgpack.unpackb(record))
