"""Changing an agent from afar: versions of its connections, checked by the agent itself, pushed, and how it went.

The platform knows no driver, so it judges nothing but size: the agent answers a check with its problems by line.
"""

from __future__ import annotations

import json
import queue
import secrets
import threading
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.remote_config import EdgeConfigRow, EdgeConfigStateRow
from platform_core.ingest.config_line import ConfigLine
from platform_core.services.config_drift import Difference, Drift, drift_of, text_diff
from schemas.errors import ConfigError, Problem, WireError, WriteRejected
from schemas.identifiers import is_identifier
from schemas.plain_secrets import plain_secret_lines
from schemas.wire.config_push import (
    TEXT_BYTES_MAX,
    WATCH_S_MAX,
    Action,
    ConfigPart,
    ConfigReport,
    cut,
    hash_of,
    read_told,
)

NOTE_MAX = 500
VERSIONS_MAX = 500
CHECK_WAIT_S = 20.0


@dataclass(frozen=True, slots=True)
class ConfigVersion:
    """One version, without its text."""

    no: int
    hash: str
    note: str
    author: str
    ts: int


@dataclass(frozen=True, slots=True)
class ConfigState:
    """What the agent last said. ``active``: hash of what it runs, empty while its own file holds; ``drift``: where that
    is not what was pushed last and kept."""

    hash: str
    state: str
    active: str
    reason: str
    problems: list[dict[str, Any]] = field(default_factory=list)
    ts: int = 0
    code: str = ""
    params: dict[str, str] = field(default_factory=dict)
    drift: Drift | None = None


class RemoteConfig:
    """Configurations of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database, line: ConfigLine, clock: Clock = now_us) -> None:
        self._database = database
        self._line = line
        self._clock = clock
        self._storing = threading.Lock()

    def versions(self, tenant: str, edge: str) -> list[ConfigVersion]:
        """Newest first."""
        query = select(EdgeConfigRow).where(EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge)
        with self._database.read() as session:
            return [_version(row) for row in session.exec(query.order_by(col(EdgeConfigRow.no).desc()))]

    def text(self, tenant: str, edge: str, no: int) -> str | None:
        """The YAML of a version; None where there is none."""
        found = self._version(tenant, edge, no)
        return None if found is None else found[1]

    def _version(self, tenant: str, edge: str, no: int) -> tuple[ConfigVersion, str] | None:
        with self._database.read() as session:
            row = _row(session, tenant, edge, no)
            return None if row is None else (_version(row), row.text)

    def diff(self, tenant: str, edge: str, before: int, after: int) -> str | None:
        """What changes from one version to another, as a unified diff; ``before`` 0 is nothing at all."""
        old = "" if before == 0 else self.text(tenant, edge, before)
        new = self.text(tenant, edge, after)
        if old is None or new is None:
            return None
        return text_diff(old, new, f"{before}", f"{after}")

    def add(self, tenant: str, edge: str, text: str, note: str, author: str) -> ConfigVersion:
        """A new version; the newest one where it has the same text. Raises ``ConfigError``: edge, size, count,
        a password in it."""
        _check(edge, text)
        with self._database.write() as session:
            mine = select(EdgeConfigRow).where(EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge)
            newest = session.exec(mine.order_by(col(EdgeConfigRow.no).desc()).limit(1)).first()
            if newest is not None and newest.hash == hash_of(text):
                return _version(newest)
            count = session.exec(
                select(func.count())
                .select_from(EdgeConfigRow)
                .where(EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge)
            ).one()
            if count >= VERSIONS_MAX:
                raise ConfigError("edge_config.count", f"{edge} has {VERSIONS_MAX} versions already.")
            row = EdgeConfigRow(
                tenant=tenant, edge=edge, no=1 if newest is None else newest.no + 1, hash=hash_of(text), text=text,
                note=note.strip()[:NOTE_MAX], author=author, ts=self._clock(),
            )  # fmt: skip
            session.add(row)
            audit.record(session, tenant, author, "edge.config.add", resource=edge, detail=f"{row.no} {row.hash}")
            return _version(row)

    def send(
        self, tenant: str, edge: str, no: int, action: Action, author: str, watch_s: float = 60.0, basis: str = ""
    ) -> ConfigReport | None:
        """Have the agent check a version, or go over to it: its first answer; None where the version does not exist.

        Raises ``WriteRejected``: `edge_config.offline` the agent is not heard, `edge_config.silent` it did not answer
        (it may not allow changes from afar), `edge_config.busy`. ``basis``: as the agent told it when the change was
        made; it refuses where it runs another by now. Raises ``ConfigError`` for a watch that is too long.
        """
        if not 0 < watch_s <= WATCH_S_MAX:
            raise ConfigError("edge_config.watch", f"The watch takes up to {WATCH_S_MAX} s.")
        found = self._version(tenant, edge, no)
        if found is None:
            return None
        version, text = found
        if action == "apply":
            self._connection(tenant, edge)
            with self._database.write() as session:
                audit.record(
                    session, tenant, author, "edge.config.push", resource=edge, outcome="asked",
                    detail=f"{no} {hash_of(text)}",
                )  # fmt: skip
        asked = ConfigPart("", "", action, "", 0, 1, b"", watch_s, author[:120], basis, no, version.note)
        return self._ask(tenant, edge, text, asked)

    def try_out(self, tenant: str, edge: str, text: str, author: str) -> ConfigReport:
        """Have the agent judge a text that is no version: its answer says what would change. Raises as ``send``, and
        ``ConfigError`` as ``add``."""
        _check(edge, text)
        return self._ask(tenant, edge, text, ConfigPart("", "", "check", "", 0, 1, b"", by=author[:120]))

    def running(self, tenant: str, edge: str, author: str) -> tuple[ConfigReport, str]:
        """What the agent runs, from itself: its answer, and the text ("" where it refuses to tell it). Raises as
        ``send``."""
        report = self._ask(tenant, edge, "", ConfigPart("", "", "read", "", 0, 1, b"", by=author[:120]))
        try:
            return report, read_told(report) if report.state == "told" else ""
        except WireError as error:
            raise WriteRejected("edge_config.silent", f"{edge} answered what cannot be read.") from error

    def _connection(self, tenant: str, edge: str) -> str:
        connection = self._line.connection_of(tenant, edge)
        if not connection:
            raise WriteRejected("edge_config.offline", f"{edge} is not heard now.", hint="Nothing was sent.")
        return connection

    def _ask(self, tenant: str, edge: str, text: str, asked: ConfigPart) -> ConfigReport:
        connection = self._connection(tenant, edge)
        parts = cut(text, replace(asked, id=secrets.token_hex(16), conn_id=connection))
        report = self._line.send(tenant, edge, parts, CHECK_WAIT_S)
        self.store_heard()
        if report is None:
            raise WriteRejected(
                "edge_config.silent", f"{edge} did not answer.",
                hint="Its agent.yaml must say remote_config: true, and its version must know it.",
            )  # fmt: skip
        return report

    def state(self, tenant: str, edge: str) -> ConfigState | None:
        """What the agent last said about a configuration; None: nothing yet."""
        self.store_heard()
        with self._database.read() as session:
            row = session.get(EdgeConfigStateRow, (tenant, edge))
            expected = None if row is None else _by_hash(session, tenant, edge, row.expected)
        if row is None:
            return None
        birth = self._line.birth_of(tenant, edge)
        active = row.active if birth is None or birth.pushed is None else birth.pushed
        drift = drift_of(row, birth, 0 if expected is None else expected.no)
        return ConfigState(
            row.hash, row.state, active, row.reason, json.loads(row.problems), row.ts, row.code,
            json.loads(row.params), drift,
        )  # fmt: skip

    def drifted(self, tenant: str) -> set[str]:
        """Edges that were changed at the machine since the last push."""
        query = select(EdgeConfigStateRow).where(EdgeConfigStateRow.tenant == tenant, EdgeConfigStateRow.expected != "")
        with self._database.read() as session:
            rows = session.exec(query).all()
            return {row.edge for row in rows if drift_of(row, self._line.birth_of(tenant, row.edge), 0) is not None}

    def difference(self, tenant: str, edge: str, author: str) -> Difference | None:
        """What differs where the agent was changed at the machine, asked of itself; None where it was not. Raises as
        ``send``."""
        state = self.state(tenant, edge)
        if state is None or state.drift is None:
            return None
        report, text = self.running(tenant, edge, author)
        found = self._version(tenant, edge, state.drift.no)
        if found is None:
            return Difference(state.drift, report, text, None)
        version, pushed = found
        changes = self.try_out(tenant, edge, pushed, author).changes
        try:
            diff = text_diff(pushed, text, f"{version.no}", edge) if report.state == "told" else None
        except ConfigError:
            diff = None
        return Difference(state.drift, report, text, diff, changes)

    def store_heard(self) -> None:
        """Store the reports that came in. Called each second, and before anybody looks."""
        with self._storing:
            while True:
                try:
                    tenant, edge, report = self._line.heard.get_nowait()
                except queue.Empty:
                    return
                try:
                    with self._database.write() as session:
                        _store(session, tenant, edge, report)
                except SQLAlchemyError:
                    with_room = self._line.heard.qsize() < self._line.heard.maxsize
                    if with_room:
                        self._line.heard.put((tenant, edge, report))
                    raise


def _check(edge: str, text: str) -> None:
    if not is_identifier(edge):
        raise ConfigError("edge_config.edge", f"{edge!r} is no name of an edge.")
    if not text.strip() or len(text.encode()) > TEXT_BYTES_MAX:
        raise ConfigError("edge_config.size", f"A configuration has 1 byte to {TEXT_BYTES_MAX >> 20} MiB.")
    found = list(plain_secret_lines(text))
    if found:
        raise ConfigError(
            "edge_config.secret", f"A password stands in line {found[0]}.",
            hint="Write secret:NAME, and set the secret at the machine.",
            problems=[
                Problem(
                    "edge_config.secret", f"/text/{line}", f"A password stands in line {line}.",
                    "Write secret:NAME, and set the secret at the machine.", line,
                )
                for line in found
            ],
        )  # fmt: skip


def _store(session: Session, tenant: str, edge: str, report: ConfigReport) -> None:
    tried = select(EdgeConfigRow.no).where(
        EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge, EdgeConfigRow.hash == report.hash
    )
    if report.state == "refused" and session.exec(tried).first() is None:
        return  # a dry run of a text that is no version says nothing about what runs
    row = session.get(EdgeConfigStateRow, (tenant, edge))
    if report.state in ("checked", "told") or report.hash == hash_of("") or (row is not None and report.ts < row.ts):
        return
    told = row is not None and (row.hash, row.state, row.ts) == (report.hash, report.state, report.ts)
    if told:
        return
    is_new = row is None
    row = row or EdgeConfigStateRow(tenant=tenant, edge=edge, hash="", state="", active="", ts=0)
    row.hash, row.state, row.active, row.reason = report.hash, report.state, report.active, report.reason
    row.code, row.params = report.code, json.dumps(report.params, ensure_ascii=False)
    if is_new or report.state in ("kept", "unchanged"):
        row.expected = report.active
    row.problems, row.ts = json.dumps(report.problems, ensure_ascii=False), report.ts
    session.add(row)
    audit.record(
        session, tenant, "agent", "edge.config", resource=edge, outcome=report.state, detail=report.hash,
        body={"reason": report.reason} if report.reason else None,
    )  # fmt: skip


def _row(session: Session, tenant: str, edge: str, no: int) -> EdgeConfigRow | None:
    query = select(EdgeConfigRow).where(
        EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge, EdgeConfigRow.no == no
    )
    return session.exec(query).first()


def _by_hash(session: Session, tenant: str, edge: str, hash_: str) -> EdgeConfigRow | None:
    query = select(EdgeConfigRow).where(
        EdgeConfigRow.tenant == tenant, EdgeConfigRow.edge == edge, EdgeConfigRow.hash == hash_
    )
    return session.exec(query.order_by(col(EdgeConfigRow.no).desc()).limit(1)).first()


def _version(row: EdgeConfigRow) -> ConfigVersion:
    return ConfigVersion(row.no, row.hash, row.note, row.author, row.ts)
