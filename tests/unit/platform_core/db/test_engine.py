"""The platform database: durable settings, migrations, and refusal of what is newer."""

import sqlite3
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, select

from platform_core.db import open_database
from platform_core.db.edges import EdgeRow, StreamRow
from platform_core.db.engine import FILE_NAME, needs_truncate
from platform_core.db.tags import TagAliasRow, TagRow
from platform_core.db.tenancy import TENANT_FREE, TenantRow
from schemas.errors import ConfigError


@pytest.fixture
def database(tmp_path):
    opened = open_database(tmp_path)
    yield opened
    opened.close()


def _tenant(database, name="factory"):
    with database.write() as session:
        session.add(TenantRow(id=name, name=name, created_ts=1))
        session.flush()
        session.add(EdgeRow(tenant=name, id="line_1", first_seen_ts=1, last_seen_ts=1))


def _tag(tenant="factory", **changes):
    row = {"tenant": tenant, "edge": "line_1", "uuid": "u1", "key": "p/t", "connection": "p", "kind": "f"}
    return TagRow(**{**row, "first_seen_ts": 1, **changes})


def _missing_tenant(metadata):
    return [t.name for t in metadata.sorted_tables if "tenant" not in t.c and t.name not in TENANT_FREE]


def test_every_table_has_the_tenant_column():
    assert _missing_tenant(SQLModel.metadata) == []
    tables = [t for t in SQLModel.metadata.sorted_tables if t.name not in TENANT_FREE]
    assert [t.name for t in tables if t.c.tenant.nullable] == []
    assert len(tables) >= 15


def test_a_table_without_tenant_is_noticed():
    from sqlalchemy import Column, Integer, MetaData, Table

    metadata = MetaData()
    Table("forgotten", metadata, Column("id", Integer, primary_key=True))
    assert _missing_tenant(metadata) == ["forgotten"]


def test_migrations_and_tables_say_the_same(database):
    with database.engine.connect() as connection:
        difference = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    assert difference == []


def test_pragmas_make_commits_durable(database):
    with database.read() as session:
        pragma = {
            n: session.exec(text(f"PRAGMA {n}")).one()[0] for n in ("synchronous", "foreign_keys", "journal_mode")
        }
    expected = "truncate" if needs_truncate(sqlite3.sqlite_version_info) else "wal"
    assert pragma == {"synchronous": 2, "foreign_keys": 1, "journal_mode": expected}


@pytest.mark.parametrize(
    ("version", "truncate"),
    [((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False), ((3, 50, 6), True), ((3, 50, 7), False),
     ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False)],
)  # fmt: skip
def test_wal_only_where_it_is_safe(version, truncate):
    assert needs_truncate(version) is truncate


def test_a_newer_database_is_refused_and_left_alone(tmp_path):
    open_database(tmp_path).close()
    with sqlite3.connect(tmp_path / FILE_NAME) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(ConfigError) as caught:
        open_database(tmp_path)
    assert caught.value.code == "database.newer"
    assert "9999" in caught.value.message
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)
    raw.close()


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / FILE_NAME).write_bytes(b"not a database at all" * 100)
    with pytest.raises(ConfigError) as caught:
        open_database(tmp_path)
    assert caught.value.code == "database.damaged"


def test_an_older_database_is_copied_before_it_is_migrated(tmp_path, monkeypatch):
    from platform_core.db import engine

    open_database(tmp_path).close()
    steps = tmp_path / "steps"
    import shutil

    shutil.copytree(engine.Path(engine.__file__).parent / "migrations", steps)
    head = ScriptDirectory.from_config(engine.alembic_config()).get_current_head()
    (steps / "versions" / "v9999_more.py").write_text(
        f'import sqlalchemy as sa\nfrom alembic import op\nrevision = "9999"\ndown_revision = "{head}"\n'
        'def upgrade():\n    op.add_column("site", sa.Column("more", sa.String()))\n'
    )
    original = engine.alembic_config

    def config():
        made = original()
        made.set_main_option("script_location", str(steps))
        return made

    monkeypatch.setattr(engine, "alembic_config", config)
    open_database(tmp_path).close()
    raw = sqlite3.connect(tmp_path / FILE_NAME)
    assert "more" in [row[1] for row in raw.execute("PRAGMA table_info(site)")]
    raw.close()
    (copy,) = (tmp_path / "backups").glob(f"platform-{head}-*.db")
    raw = sqlite3.connect(copy)
    assert raw.execute("SELECT version_num FROM alembic_version").fetchone() == (head,)
    raw.close()


def test_apps_of_a_database_from_before_signers_of_drafts_open(tmp_path):
    from alembic import command

    from platform_core.db import engine
    from platform_core.db.apps import AppRow, AppSnapshotRow

    raw_engine, config = engine._engine(tmp_path / FILE_NAME), engine.alembic_config()
    with raw_engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for line in (
            "INSERT INTO tenant (id, name, created_ts) VALUES ('factory', 'F', 1)",
            "INSERT INTO app (tenant, id, name, icon, archived, created_ts) VALUES ('factory', 'hall', '{}', '', 0, 1)",
            "INSERT INTO app_snapshot (tenant, app, no, reason, hash, content, ts, author)"
            " VALUES ('factory', 'hall', 1, 'package', 'h', '{}', 1, 'anna')",
        ):
            connection.exec_driver_sql(line)
        connection.commit()
    raw_engine.dispose()
    opened = open_database(tmp_path)
    try:
        with opened.read() as session:
            app = session.get(AppRow, ("factory", "hall"))
            kept = session.get(AppSnapshotRow, ("factory", "hall", 1))
        assert (app.draft_signer_key, app.created_ts, kept.signer_key, kept.author) == ("", 1, "", "anna")
    finally:
        opened.close()
    assert len(list((tmp_path / "backups").glob("platform-0006-*.db"))) == 1


def test_a_write_that_raises_leaves_nothing(database):
    def write_half():
        with database.write() as session:
            session.add(TenantRow(id="factory", name="x", created_ts=1))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    with database.read() as session:
        assert session.exec(select(TenantRow)).all() == []


def test_writers_wait_for_each_other(database):
    _tenant(database)

    def write(n):
        with database.write() as session:
            tag = _tag(uuid=f"u{n}")
            session.add(tag)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert len(session.exec(select(TagRow)).all()) == 8


def test_tag_ids_are_never_given_twice(database):
    _tenant(database)
    with database.write() as session:
        session.add(_tag(uuid="a"))
        session.add(_tag(uuid="b"))
    with database.write() as session:
        last = session.exec(select(TagRow).where(TagRow.uuid == "b")).one()
        assert last.tag_id == 2
        session.delete(last)
    with database.write() as session:
        session.add(_tag(uuid="c"))
    with database.read() as session:
        assert session.exec(select(TagRow.tag_id).where(TagRow.uuid == "c")).one() == 3


def test_a_row_cannot_point_into_another_tenant(database):
    _tenant(database, "factory")
    _tenant(database, "other")
    with database.write() as session:
        session.add(_tag("factory"))
        session.add(StreamRow(tenant="other", uuid="s", edge="line_1", first_seen_ts=1, last_seen_ts=1))
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(TagAliasRow(tenant="other", stream="s", alias=1, tag_id=1))


def test_an_error_of_the_database_tells_no_values(tmp_path):
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    database = open_database(tmp_path)
    try:
        with database.read() as session, pytest.raises(SQLAlchemyError) as caught:
            session.execute(text("SELECT * FROM nowhere WHERE token_hash = :hash"), {"hash": "canary-secret"})
        assert "nowhere" in str(caught.value)
        assert "canary-secret" not in str(caught.value)
    finally:
        database.close()
