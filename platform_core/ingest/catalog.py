"""The only place of ingest that touches the platform database: edges, streams, tags, gaps, dead letters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, func, text, update
from sqlmodel import col, select

from platform_core.db.edges import DeadLetterRow, EdgeRow, EventRow, GapRow, StreamRow
from platform_core.db.engine import Database
from platform_core.db.tags import TagAliasRow, TagRow
from platform_core.db.tenancy import TenantRow
from platform_core.ingest import tag_rows
from platform_core.ingest.health import EdgeHealth
from platform_core.ingest.places import DeadLetter, StreamMark, StreamTag, TagPlace
from schemas.identifiers import MANUAL_EDGE
from schemas.wire.dictionary import TagEntry
from schemas.wire.gap import GapRecord
from schemas.wire.presence import Birth

DEAD_KEPT_ROWS: Final = 10_000
DEAD_KEPT_BYTES: Final = 64 << 20
EVENT_BODY_MAX: Final = 4096


class Catalog:
    """Every method is one short transaction, durable on return. Raises SQLAlchemyError when the database fails."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tenants(self) -> set[str]:
        """Tenants whose topics are listened to."""
        with self._database.read() as session:
            return set(session.exec(select(TenantRow.id)).all())

    def tags(self) -> list[TagPlace]:
        """All tags ever seen, for the latest values and freshness."""
        with self._database.read() as session:
            return [tag_rows.place_of(row) for row in session.exec(select(TagRow)).all()]

    def reserve_tag_ids(self, highest: int) -> None:
        """Never give out an id up to `highest` again (after a restored database the store knows higher ones)."""
        with self._database.write() as session:
            if session.get_bind().dialect.name == "sqlite":
                given = session.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'tag'")).scalar()
                if given is None:
                    statement = "INSERT INTO sqlite_sequence (name, seq) VALUES ('tag', :highest)"
                else:
                    statement = "UPDATE sqlite_sequence SET seq = max(seq, :highest) WHERE name = 'tag'"
            else:
                statement = (
                    "SELECT setval(pg_get_serial_sequence('tag', 'tag_id'), greatest(:highest,"
                    " nextval(pg_get_serial_sequence('tag', 'tag_id'))))"
                )
            session.execute(text(statement), {"highest": highest})

    def aliases(self, tenant: str, stream: UUID) -> list[TagPlace]:
        """What a stream's aliases mean."""
        with self._database.read() as session:
            query = (
                select(TagRow, TagAliasRow.alias)
                .join(TagAliasRow, col(TagAliasRow.tag_id) == col(TagRow.tag_id))
                .where(TagAliasRow.tenant == tenant, TagAliasRow.stream == str(stream))
            )
            return [tag_rows.place_of(row, alias) for row, alias in session.exec(query).all()]

    def stream_tags(self, tenant: str, stream: UUID) -> list[StreamTag]:
        """The tags of a stream with what they were declared as."""
        with self._database.read() as session:
            query = (
                select(TagRow, TagAliasRow.alias)
                .join(TagAliasRow, col(TagAliasRow.tag_id) == col(TagRow.tag_id))
                .where(TagAliasRow.tenant == tenant, TagAliasRow.stream == str(stream))
            )
            return [
                StreamTag(UUID(row.uuid), row.kind, alias, row.address, row.meta)
                for row, alias in session.exec(query).all()
            ]

    def streams(self) -> list[StreamMark]:
        """All streams with their checkpoints."""
        with self._database.read() as session:
            return [_mark_of(row) for row in session.exec(select(StreamRow)).all()]

    def welcome(self, tenant: str, edge: str, birth: Birth, now_us: int) -> StreamMark:
        """Make or update the edge and its stream; returns the stream, whose owner may be another edge."""
        with self._database.write() as session:
            row = session.get(EdgeRow, (tenant, edge))
            if row is None:
                row = EdgeRow(tenant=tenant, id=edge, first_seen_ts=now_us, last_seen_ts=now_us)
                session.add(row)
            stream = session.get(StreamRow, (tenant, str(UUID(birth.stream))))
            if stream is None:
                session.flush()
                stream = StreamRow(
                    uuid=str(UUID(birth.stream)),
                    tenant=tenant,
                    edge=edge,
                    machine=birth.machine,
                    first_seen_ts=now_us,
                    last_seen_ts=now_us,
                )
                session.add(stream)
            row.machine, row.stream, row.last_seen_ts = birth.machine, birth.stream, now_us
            row.agent_version = birth.agent_version
            row.config_hash, row.catalog_hash = birth.config_hash, birth.catalog_hash
            return _mark_of(stream)

    def set_online(self, tenant: str, edge: str, online: bool, now_us: int) -> None:
        """Remember since when an edge is on or off line; unknown edges are left alone."""
        with self._database.write() as session:
            row = session.get(EdgeRow, (tenant, edge))
            if row is not None and row.online != online:
                row.online, row.online_changed_ts = online, now_us

    def edges(self) -> list[EdgeHealth]:
        """Edges known from before, as offline."""
        with self._database.read() as session:
            return [
                EdgeHealth(
                    tenant=row.tenant,
                    id=row.id,
                    offline_since=row.last_seen_ts if row.online else row.online_changed_ts,
                    agent_version=row.agent_version,
                    config_hash=row.config_hash,
                )
                for row in session.exec(select(EdgeRow).where(col(EdgeRow.id) != MANUAL_EDGE)).all()
            ]

    def lease(self, tenant: str, stream: UUID, holder: str, now_us: int, until_us: int) -> bool:
        """Lease a stream to one ingest process; False while another holds it."""
        with self._database.write() as session:
            row = session.get(StreamRow, (tenant, str(stream)))
            if row is None or (row.lease not in (None, holder) and row.lease_until_ts > now_us):
                return False
            row.lease, row.lease_until_ts = holder, until_us
            return True

    def renew(self, holder: str, until_us: int) -> None:
        """Keep all leases of a process."""
        with self._database.write() as session:
            mine = update(StreamRow).where(col(StreamRow.lease) == holder)
            session.execute(mine.values(lease_until_ts=until_us))

    def release(self, holder: str) -> None:
        """Give all leases of a process back."""
        with self._database.write() as session:
            mine = update(StreamRow).where(col(StreamRow.lease) == holder)
            session.execute(mine.values(lease=None, lease_until_ts=0))

    def declare(self, tenant: str, edge: str, stream: UUID, entries: Sequence[TagEntry], now_us: int) -> list[TagPlace]:
        """Dictionary records in; raises WireError when an alias is reused."""
        with self._database.write() as session:
            return tag_rows.declare(session, tenant, edge, stream, entries, now_us)

    def record_gaps(self, mark: StreamMark, seq: int, gaps: Sequence[GapRecord], now_us: int) -> None:
        """Gap records of one batch; a batch that comes twice changes nothing."""
        with self._database.write() as session:
            for ordinal in _missing(session, GapRow, mark, seq, len(gaps)):
                gap = gaps[ordinal]
                session.add(
                    GapRow(
                        tenant=mark.tenant,
                        edge=mark.edge,
                        stream=str(mark.uuid),
                        batch_seq=seq,
                        ordinal=ordinal,
                        connection=gap.conn,
                        kind=gap.kind,
                        reason=gap.reason,
                        from_ts=gap.from_ts,
                        to_ts=gap.to_ts,
                        n=gap.n,
                        count_of=gap.count_of,
                        seq_from=gap.seq_from,
                        seq_to=gap.seq_to,
                        received_ts=now_us,
                    )
                )

    def record_events(self, mark: StreamMark, seq: int, events: Sequence[dict[str, Any]], now_us: int) -> None:
        """Event records of one batch; a batch that comes twice changes nothing."""
        with self._database.write() as session:
            for ordinal in _missing(session, EventRow, mark, seq, len(events)):
                event = events[ordinal]
                ts = event.get("ts")
                session.add(
                    EventRow(
                        tenant=mark.tenant,
                        edge=mark.edge,
                        stream=str(mark.uuid),
                        batch_seq=seq,
                        ordinal=ordinal,
                        ts=ts if type(ts) is int and abs(ts) < 2**62 else now_us,
                        kind=str(event.get("kind", event.get("event", "")))[:80],
                        body=json.dumps(event, default=str, ensure_ascii=False)[:EVENT_BODY_MAX],
                        received_ts=now_us,
                    )
                )

    def bury(self, letter: DeadLetter) -> None:
        """Keep a dead letter; the oldest go when there are too many. A stream's batch is kept once."""
        with self._database.write() as session:
            stream = None if letter.stream is None else str(letter.stream)
            if stream is not None and letter.seq is not None:
                same = select(DeadLetterRow.id).where(
                    DeadLetterRow.tenant == letter.tenant,
                    DeadLetterRow.stream == stream,
                    DeadLetterRow.seq == letter.seq,
                )
                if session.exec(same).first() is not None:
                    return
            session.add(
                DeadLetterRow(
                    tenant=letter.tenant,
                    edge=letter.edge,
                    stream=stream,
                    seq=letter.seq,
                    code=letter.code,
                    reason=letter.reason[:1000],
                    raw=letter.raw,
                    received_ts=letter.received_us,
                )
            )
            session.flush()
            self._bound_dead(session, letter.tenant)

    def dead_letters(self, tenant: str) -> int:
        """How many dead letters are kept."""
        with self._database.read() as session:
            query = select(func.count()).select_from(DeadLetterRow).where(DeadLetterRow.tenant == tenant)
            return int(session.exec(query).one())

    def checkpoint(self, marks: Sequence[StreamMark], now_us: int) -> None:
        """Remember what each of these streams has sent, as of the journal number in its mark."""
        with self._database.write() as session:
            for mark in marks:
                row = session.get(StreamRow, (mark.tenant, str(mark.uuid)))
                if row is None:
                    continue
                row.intervals, row.dead = json.dumps(mark.have), json.dumps(mark.dead)
                row.max_seq = max(row.max_seq, mark.max_seq)
                row.journal_no, row.last_seen_ts = mark.journal_no, now_us

    @staticmethod
    def _bound_dead(session: Any, tenant: str) -> None:
        of_tenant = col(DeadLetterRow.tenant) == tenant
        size = func.coalesce(func.sum(func.length(col(DeadLetterRow.raw))), 0)
        count, total = session.execute(select(func.count(), size).where(of_tenant)).one()
        while count > DEAD_KEPT_ROWS or (total > DEAD_KEPT_BYTES and count > 1):
            oldest = session.exec(
                select(DeadLetterRow.id, func.length(col(DeadLetterRow.raw)))
                .where(of_tenant)
                .order_by(col(DeadLetterRow.id))
            ).first()
            session.execute(delete(DeadLetterRow).where(col(DeadLetterRow.id) == oldest[0]))
            count, total = count - 1, total - oldest[1]


def _mark_of(row: StreamRow) -> StreamMark:
    return StreamMark(
        uuid=UUID(row.uuid),
        tenant=row.tenant,
        edge=row.edge,
        machine=row.machine,
        have=[(lo, hi) for lo, hi in json.loads(row.intervals)],
        dead=[(seq, code) for seq, code in json.loads(row.dead)],
        max_seq=row.max_seq,
        journal_no=row.journal_no,
    )


def _missing(session: Any, table: Any, mark: StreamMark, seq: int, count: int) -> list[int]:
    """Ordinals of a batch's records that are not stored yet."""
    query = select(table.ordinal).where(
        table.tenant == mark.tenant, table.stream == str(mark.uuid), table.batch_seq == seq
    )
    stored = set(session.exec(query).all())
    return [ordinal for ordinal in range(count) if ordinal not in stored]
