"""Somebody reads while a long transaction is being written: thousands of tags arrive, and pages go on answering."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, func, select

from platform_core.db.edges import EdgeRow
from platform_core.db.engine import Database, open_database
from platform_core.db.tags import TagRow
from platform_core.db.tenancy import TenantRow

#: With the metadata below more than the 2 MB of pages that SQLite keeps in memory unless told otherwise.
TAGS = 4000


def opened(folder: Path) -> Database:
    database = open_database(folder)
    with database.write() as session:
        session.add(TenantRow(id="factory", name="Factory", created_ts=0))
        session.flush()
        session.add(EdgeRow(tenant="factory", id="line_1", first_seen_ts=1, last_seen_ts=1))
    return database


def add_tags(session: Session) -> None:
    for number in range(TAGS):
        session.add(
            TagRow(
                tenant="factory", edge="line_1", uuid=f"u{number}", key=f"c/{number}", connection="c", kind="f",
                meta="{}" + " " * 900, first_seen_ts=1,
            )
        )  # fmt: skip
    session.flush()


def read_meanwhile(database: Database) -> Any:
    """What a reader gets while the tags are written and not yet committed: a count, or the error."""
    answer: list[Any] = []

    def read() -> None:
        try:
            with database.read() as session:
                answer.append(session.exec(select(func.count()).select_from(TagRow)).one())
        except OperationalError as error:
            answer.append(error)

    with database.write() as session:
        add_tags(session)
        reader = threading.Thread(target=read)
        reader.start()
        reader.join(60)
        assert not reader.is_alive()
    return answer[0]


def test_who_reads_while_thousands_of_tags_are_written_is_answered(tmp_path: Path) -> None:
    database = opened(tmp_path)
    try:
        assert read_meanwhile(database) == 0, "what is not committed is not seen"
        with database.read() as session:
            assert session.exec(select(func.count()).select_from(TagRow)).one() == TAGS
    finally:
        database.close()


def test_control_pages_that_are_spilt_keep_readers_out(tmp_path: Path) -> None:
    """What SQLite does by itself, in the journal mode that old versions of it need."""
    database = opened(tmp_path)

    def as_usual(raw: Any, _record: object) -> None:
        for pragma in ("cache_spill=ON", "journal_mode=TRUNCATE", "busy_timeout=200"):
            raw.execute(f"PRAGMA {pragma}").fetchall()

    try:
        database.engine.dispose()
        event.listen(database.engine, "connect", as_usual)
        assert isinstance(read_meanwhile(database), OperationalError)
    finally:
        database.close()
