"""Opening the platform database: settings that make a commit durable, migrations, and short transactions.

One SQLite file, ``platform.db``. ``synchronous=FULL`` always. ``journal_mode`` is TRUNCATE where the linked
SQLite has the WAL-reset defect (before 3.51.3, but for 3.50.7 and 3.44.6 of their lines), else WAL. Reading
transactions are deferred, writing ones take the write lock at once (``BEGIN IMMEDIATE``), so that none fails
half-way for want of it. A database written by a newer program is refused; one of an older program is copied
aside, then migrated.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import Connection
from sqlmodel import Session

from platform_core.db import (
    accounts,
    apps,
    assets,
    code_blocks,
    edges,
    enrolment,
    manual,
    preferences,
    remote_config,
    tags,
    tenancy,
)
from platform_core.db.commit_gate import CommitGate
from schemas.errors import ConfigError

__all__ = ["FILE_NAME", "Database", "open_database"]

FILE_NAME = "platform.db"
BUSY_TIMEOUT_MS = 10_000
BACKUPS_KEPT = 5
TABLE_MODULES = (
    tenancy,
    accounts,
    edges,
    tags,
    assets,
    apps,
    manual,
    preferences,
    code_blocks,
    enrolment,
    remote_config,
)
_WRITE = "interlock_write"


class Database:
    """The open database. ``read()`` and ``write()`` give sessions whose transaction ends with their block."""

    def __init__(self, engine: Engine, path: Path) -> None:
        self.engine = engine
        self.path = path
        self._writer = threading.Lock()
        self._gate = CommitGate()

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; sees one consistent state."""
        with (
            self._gate.reading(),
            self.engine.connect() as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        """A session for writing; commits (durably) when the block ends, rolls back when it raises."""
        with self._writer, self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITE: True})
            with Session(connection, expire_on_commit=False) as session, session.begin() as transaction:
                yield session
                session.flush()
                with self._gate.committing():
                    transaction.commit()

    def close(self) -> None:
        """Give back all connections."""
        self.engine.dispose()


def open_database(folder: Path) -> Database:
    """Open (make, migrate) ``folder/platform.db``.

    Raises ``ConfigError`` with code ``database.newer`` when the file was written by a newer program, and
    ``database.damaged`` when it is not a database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    engine = _engine(path)
    try:
        _migrate(engine, path)
    except BaseException:
        engine.dispose()
        raise
    return Database(engine, path)


def needs_truncate(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset defect, and a rollback journal has to be used."""
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    return version < (3, 51, 3)


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path.as_posix()}",
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False},
        pool_size=8,
        max_overflow=32,
        hide_parameters=True,  # errors go to the log: hashes of passwords and tokens must not
    )
    journal_mode = "TRUNCATE" if needs_truncate(sqlite3.sqlite_version_info) else "WAL"

    def on_connect(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # transactions are begun by us, below
        cursor = raw.cursor()
        try:
            for pragma in (
                f"journal_mode={journal_mode}",
                "synchronous=FULL",
                "foreign_keys=ON",
                f"busy_timeout={BUSY_TIMEOUT_MS}",
                # A long transaction that spills changed pages into the file keeps readers out until it ends, not only
                # while it commits: 16,000 tags that arrive would be seconds of "busy".
                "cache_spill=OFF",
                "trusted_schema=OFF",
            ):
                cursor.execute(f"PRAGMA {pragma}")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise ConfigError(
                "database.damaged",
                f"{path.name} is not a database: {error}",
                hint="Put back a copy from the folder backups beside it.",
            ) from error
        finally:
            cursor.close()

    def on_begin(connection: Connection) -> None:
        writing = bool(connection.get_execution_options().get(_WRITE))
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def alembic_config() -> Config:
    """The migration scripts of this package, found from where it is installed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def _migrate(engine: Engine, path: Path) -> None:
    config = alembic_config()
    scripts = ScriptDirectory.from_config(config)
    head = scripts.get_current_head()
    found = _revision(engine)
    if found == head:
        return
    if found is not None and found not in {script.revision for script in scripts.walk_revisions()}:
        raise ConfigError(
            "database.newer",
            f"The database {path.name} is at version {found}; this program knows versions up to {head}.",
            hint="Start the newer Interlock that wrote it, or put back a copy from the folder backups.",
        )
    if found is not None:
        _back_up(path, found)
    with engine.connect().execution_options(**{_WRITE: True}) as connection:
        raw: Any = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys=OFF")  # a rebuilt table must not empty those that point at it
        try:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise ConfigError(
                    "database.damaged",
                    f"After the migration, table {broken[0]} points at rows that are gone.",
                )
            connection.commit()
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'")
        if tables.first() is None:
            return None
        row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
        return None if row is None else str(row[0])


def _back_up(path: Path, revision: str) -> Path:
    """Copy the database with SQLite's own backup; keeps the newest ``BACKUPS_KEPT`` copies."""
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True)
    target = folder / f"{path.stem}-{revision}-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}.db"
    with (
        contextlib.closing(sqlite3.connect(path)) as source,
        contextlib.closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
    for old in sorted(folder.glob(f"{path.stem}-*.db"), key=lambda file: file.stat().st_mtime)[:-BACKUPS_KEPT]:
        old.unlink()
    return target
