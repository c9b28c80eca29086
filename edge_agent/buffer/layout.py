"""The spool file: tables, settings and the check of its version.

Limits: one connection in one thread (Python may carry an SQLite whose WAL loses commits with two),
local disks only. `synchronous=FULL` makes COMMIT the moment of acceptance. A file of a newer
version is refused, never touched.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from schemas.errors import ConfigError

VERSION = 1
APPLICATION_ID = 0x494C5350  # "ILSP"
QUICK_CHECK_S = 5.0

_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL, prio INTEGER NOT NULL,
  kind TEXT NOT NULL, conn TEXT NOT NULL, boot INTEGER NOT NULL, wall INTEGER NOT NULL,
  mono INTEGER NOT NULL, rev TEXT NOT NULL, z TEXT NOT NULL, points INTEGER NOT NULL,
  bytes INTEGER NOT NULL, t_first INTEGER NOT NULL, t_last INTEGER NOT NULL, crc INTEGER NOT NULL);
CREATE INDEX batch_pending ON batch (prio, id) WHERE state = 0;
CREATE INDEX batch_settled ON batch (id) WHERE state > 0;
CREATE TABLE body (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE gap (
  id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, reason TEXT NOT NULL,
  conn TEXT NOT NULL, from_ts INTEGER NOT NULL, to_ts INTEGER NOT NULL, n INTEGER,
  count_of TEXT NOT NULL, seq_from INTEGER, seq_to INTEGER, batch_id INTEGER);
CREATE INDEX gap_open ON gap (id) WHERE batch_id IS NULL;
CREATE TABLE sequence (conn TEXT NOT NULL, tag TEXT NOT NULL, row INTEGER NOT NULL,
  PRIMARY KEY (conn, tag)) WITHOUT ROWID;
CREATE TABLE alias (alias INTEGER PRIMARY KEY AUTOINCREMENT, uuid TEXT NOT NULL UNIQUE,
  record BLOB NOT NULL);
CREATE TABLE counter (id INTEGER PRIMARY KEY CHECK (id = 1), accepted INTEGER NOT NULL,
  acked INTEGER NOT NULL, pending INTEGER NOT NULL, dropped INTEGER NOT NULL, dead INTEGER NOT NULL,
  pending_batches INTEGER NOT NULL, pending_bytes INTEGER NOT NULL);
INSERT INTO counter VALUES (1, 0, 0, 0, 0, 0, 0, 0);
"""


def _stamp() -> str:
    return f"PRAGMA user_version={VERSION};PRAGMA application_id={APPLICATION_ID};COMMIT;"


class Corrupt(Exception):
    """The file is damaged: it must be put aside and salvaged."""


def open_file(path: Path, *, synchronous: str = "FULL") -> tuple[sqlite3.Connection, bool]:
    """Open or create the spool file; returns the connection and whether it is new.

    Raises Corrupt for a damaged file, ConfigError for a newer version or a file in use.
    `synchronous` other than FULL exists for the negative control of the power-cut test alone.
    """
    fresh = not path.exists() or path.stat().st_size == 0
    connection = sqlite3.connect(path, isolation_level=None, timeout=0.2, check_same_thread=False)
    try:
        _settings(connection, synchronous)
        if fresh:
            connection.executescript("BEGIN IMMEDIATE;" + _TABLES + _stamp())
            sync_folder(path.parent)
        else:
            _inspect(connection)
    except sqlite3.DatabaseError as error:
        connection.close()
        raise _sorted_out(error, path) from error
    except BaseException:
        connection.close()
        raise
    return connection, fresh


def _settings(connection: sqlite3.Connection, synchronous: str) -> None:
    for pragma in (
        "locking_mode=EXCLUSIVE", "journal_mode=WAL", f"synchronous={synchronous}",
        "wal_autocheckpoint=256", "journal_size_limit=16777216", "trusted_schema=OFF",
        "temp_store=MEMORY", "cache_size=-4096",
    ):  # fmt: skip
        connection.execute(f"PRAGMA {pragma}").fetchall()
    # Takes the exclusive lock now, so that a second agent on the same folder fails at once.
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("COMMIT")


def _inspect(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise ConfigError(
            "spool_newer",
            f"the spool was written by a newer program (format {version}, this one knows {VERSION})",
            hint="start the newer edge-agent again, or move the data folder aside",
        )
    if version == 0:
        raise Corrupt("no version stamp")
    deadline = time.monotonic() + QUICK_CHECK_S
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), 10_000)
    try:
        verdict = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.OperationalError as error:
        if "interrupted" not in str(error):
            raise
        verdict = "ok"  # too large to check in the time allowed; every body is still checked by its crc
    finally:
        connection.set_progress_handler(None, 0)
    if verdict != "ok":
        raise Corrupt(str(verdict))


def _sorted_out(error: sqlite3.DatabaseError, path: Path) -> Exception:
    text = str(error)
    if "locked" in text:
        return ConfigError(
            "spool_in_use",
            f"another edge-agent uses the data folder {path.parent}",
            hint="stop it, or give this one its own data_dir",
        )
    if isinstance(error, sqlite3.OperationalError) and "unable to open" in text:
        return ConfigError("spool_unreadable", f"cannot open {path}: {text}", hint="check the folder's rights")
    if isinstance(error, sqlite3.OperationalError) and ("full" in text or "disk I/O" in text):
        return error
    return Corrupt(text)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed file name durable, where the system can (Windows cannot, and need not)."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
