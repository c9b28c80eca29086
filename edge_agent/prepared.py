"""What the spool says of the tags of a configuration: identities, aliases, marks and totals to go on from."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from edge_agent.batcher import data_batches
from edge_agent.buffer import aliases
from edge_agent.buffer.identity import Identity, Wanted
from edge_agent.buffer.rows import Entry, NewBatch, SequenceKey, StoredBatch
from edge_agent.buffer.spool import Spool
from edge_agent.config import LoadedConfig
from edge_agent.pipeline.change import thinned_by
from edge_agent.pipeline.scan import KEPT_AS
from edge_agent.publish.handshake import append_dictionary
from edge_agent.silences import Silences
from schemas.errors import WireError
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.wire.body import decode_columns
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Prepared:
    """Aliases and identities by key `connection/tag`; marks of rows; when an earlier run was last alive, µs (0: never);
    where totals stand."""

    alias_of: dict[str, int]
    uuid_of: dict[str, UUID]
    marks: dict[SequenceKey, int]
    since: int
    totals: dict[str, str]


def prepare(spool: Spool, loaded: LoadedConfig, section: ConnectionConfig | None) -> Prepared:
    """At the start: identities, aliases and the dictionary; declares the time nobody was here.

    `section`: the calculated tags as a connection.
    """
    fresh_stream = spool.max_seq == 0 or spool.cloned
    if spool.cloned:
        logger.warning(
            "The data folder was made on another machine: a stream of its own begins here, nothing is lost. If that"
            " machine still runs, give one of the two another edge name and data folder (edge-agent identity check)."
        )
    uuid_of, alias_of, _ = _name(spool, loaded, section, tell_all=fresh_stream)
    _send_held(spool, loaded.hash)
    now = time.time_ns() // 1000
    since = spool.last_alive
    if since:
        reason = "agent_stopped" if spool.ended_cleanly else "agent_down"
        gap = GapRecord("not_sampled", reason, "", min(since, now), now, None, "cycles")
        spool.append([Entry(gaps=(gap,))], alive=now)
    return Prepared(alias_of, uuid_of, spool.marks(), since, spool.totals())


def adopt(spool: Spool, loaded: LoadedConfig, section: ConnectionConfig | None) -> tuple[Prepared, list[StoredBatch]]:
    """While it runs, in the spool's thread: the tags there are now, and the dictionary that tells them."""
    uuid_of, alias_of, told = _name(spool, loaded, section, tell_all=False)
    return Prepared(alias_of, uuid_of, spool.marks(), 0, spool.totals()), told


def _name(
    spool: Spool, loaded: LoadedConfig, section: ConnectionConfig | None, *, tell_all: bool
) -> tuple[dict[str, UUID], dict[str, int], list[StoredBatch]]:
    uuid_of = _identities(spool, loaded, _tags(loaded, section))
    silences = Silences(loaded)
    entries = (
        _entry(conn, tag, uuid_of[f"{conn.id}/{tag.name}"], silences.of(conn, tag))
        for conn, tag in _tags(loaded, section)
    )
    by_uuid, changed = aliases.allocate(spool, entries)
    told = append_dictionary(spool, aliases.read_all(spool) if tell_all else aliases.read(spool, changed), loaded.hash)
    return uuid_of, {key: by_uuid[uuid] for key, uuid in uuid_of.items()}, told


def _tags(loaded: LoadedConfig, section: ConnectionConfig | None) -> Iterable[tuple[ConnectionConfig, TagConfig]]:
    for conn in (*loaded.config.connections, *([section] if section else [])):
        for tag in conn.tags:
            yield conn, tag


def _identities(
    spool: Spool, loaded: LoadedConfig, tags: Iterable[tuple[ConnectionConfig, TagConfig]]
) -> dict[str, UUID]:
    identity = Identity(loaded.data_dir / "identity.json")
    if identity.empty:
        for entry in aliases.read_all(spool):
            identity.adopt(entry.key, entry.uuid, entry.kind, str(entry.meta.get("unit", "")))
    return identity.resolve(
        Wanted(
            key := f"{conn.id}/{tag.name}", tag.kind, tag.unit,
            loaded.renamed.get(key, None if tag.was is None else f"{conn.id}/{tag.was}"),
        )
        for conn, tag in tags
    )  # fmt: skip


def _entry(conn: ConnectionConfig, tag: TagConfig, uuid: UUID, silence_max_s: float | None) -> TagEntry:
    return TagEntry(
        alias=0, uuid=uuid, key=f"{conn.id}/{tag.name}", kind=tag.kind,
        driver=conn.driver, address=tag.address, scan_ms=tag.scan_ms or conn.scan_ms,
        asset=tag.asset or "", role=tag.role or "", asset_name=tag.asset_name or "",
        asset_type=tag.asset_type or "", asset_parent=tag.asset_parent or "",
        asset_parent_name=tag.asset_parent_name or "",
        asset_name_i18n=tag.asset_name_i18n, asset_parent_name_i18n=tag.asset_parent_name_i18n,
        meta=tag.meta(thinned_by(tag, conn.report), silence_max_s).model_dump(mode="json", exclude_defaults=True),
    )  # fmt: skip


def _send_held(spool: Spool, rev: str) -> None:
    """Sends what doors held back when an earlier run was killed; what was sent since is the same sample again."""
    for scan, body in spool.held().items():
        if not body:
            continue
        batches: list[NewBatch] = []
        try:
            batches = data_batches(decode_columns(body, KEPT_AS), conn="", rev=rev)
        except WireError as error:
            logger.error("What was held back of %s cannot be read: %s", scan, error)
        spool.append([Entry(batches, held={scan: b""})], alive=spool.last_alive)
