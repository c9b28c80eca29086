"""Checking a received batch: what it is, whose it is, and whether its values may be believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

import numpy as np

from platform_core.ingest.streams import AliasMap
from platform_core.live.latest import KIND_CODE
from schemas.errors import WireError
from schemas.quality import BAD_FROM, UNCERTAIN_FROM, Quality
from schemas.wire.batch import BATCH_KINDS, SEQ_MAX
from schemas.wire.body import unpack_map
from schemas.wire.columns import Columns

AHEAD_MAX_US: Final = 5 * 60 * 1_000_000
TIME_MIN_US: Final = 946_684_800_000_000  # 2000-01-01
STORABLE_FROM_US: Final = 0
STORABLE_TO_US: Final = 4_102_444_800_000_000  # 2100-01-01

#: What an agent may get right by sending the same batch again, or after an update of the platform.
RETRIED_CODES: Final = frozenset({"wire.version"})


class UnknownAliases(Exception):
    """The stream's dictionary has not arrived yet: nothing wrong with the batch."""


@dataclass(frozen=True, slots=True)
class Named:
    """Which batch a damaged envelope claims to be."""

    stream: UUID
    seq: int


@dataclass(frozen=True, slots=True)
class Translated:
    """Columns by tag id. `impossible` counts samples whose time cannot be true (kept, quality 65);
    `current` are the columns for the latest values: there an impossible time is the time of arrival."""

    columns: list[Columns]
    current: list[Columns]
    impossible: int


def claimed_name(payload: bytes) -> Named | None:
    """Stream and seq of an envelope that failed its checks, None where not even they can be read."""
    try:
        content = unpack_map(payload)
        stream, seq, kind = UUID(bytes=content["s"]), content["n"], content["k"]
    except (WireError, KeyError, TypeError, ValueError):
        return None
    if type(seq) is not int or not 0 < seq <= SEQ_MAX or kind not in BATCH_KINDS:
        return None
    return Named(stream, seq)


def translate(groups: list[Columns], aliases: AliasMap, now_us: int) -> Translated:
    """Alias columns → tag id columns, checked.

    Raises UnknownAliases, or WireError where a group's kind is not its tags' or a time cannot be stored.
    """
    columns: list[Columns] = []
    current: list[Columns] = []
    impossible = 0
    for group in groups:
        if not len(group):
            continue
        translated = _believable(_by_tag(group, aliases))
        wrong = (translated.ts > now_us + AHEAD_MAX_US) | (translated.ts < TIME_MIN_US)
        if not wrong.any():
            columns.append(translated)
            current.append(translated)
            continue
        impossible += int(np.count_nonzero(wrong))
        q = translated.q.copy()
        q[wrong & (q < UNCERTAIN_FROM)] = Quality.CLOCK
        marked = Columns(group.kind, translated.id, translated.ts, q, translated.v, translated.lag)
        ts = np.where(wrong, now_us, translated.ts)
        columns.append(marked)
        current.append(Columns(group.kind, marked.id, ts, q, marked.v, None))
    return Translated(columns, current, impossible)


def _by_tag(group: Columns, aliases: AliasMap) -> Columns:
    if int(group.id.max()) >= len(aliases.tag_of):
        raise UnknownAliases
    ids = aliases.tag_of[group.id]
    if not ids.all():
        raise UnknownAliases
    if (aliases.kind_of[group.id] != KIND_CODE[group.kind]).any():
        raise WireError("ingest.kind", f"A group of kind {group.kind!r} has tags of another kind.")
    if int(group.ts.min()) < STORABLE_FROM_US or int(group.ts.max()) >= STORABLE_TO_US:
        raise WireError("ingest.time", "A sample has a time before 1970 or after 2099.")
    return Columns(group.kind, ids, group.ts, group.q, group.v, group.lag)


def _believable(group: Columns) -> Columns:
    """A number that is none is bad, whatever its quality says."""
    if group.kind != "f":
        return group
    wrong = ~np.isfinite(group.v)
    if not wrong.any():
        return group
    q, v = group.q.copy(), np.where(wrong, 0.0, group.v)
    q[wrong & (q < BAD_FROM)] = Quality.NOT_A_NUMBER
    return Columns(group.kind, group.id, group.ts, q, v, group.lag)
