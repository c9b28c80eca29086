"""When an agent counts as changed at the machine, from what it reports and what its births say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command

from platform_core.db import Database, engine, open_database
from platform_core.db.engine import FILE_NAME
from platform_core.db.tenancy import TenantRow
from platform_core.ingest.config_line import ConfigLine
from platform_core.services.remote_config import RemoteConfig
from schemas.wire.config_push import ConfigReport, State, hash_of
from schemas.wire.presence import Birth
from schemas.wire.topics import reply_topic

FIRST, SECOND = "connections: []\n", "connections: []\n# second\n"
PLACE = ("factory", "line_1")


class Agent:
    """What is heard of an agent: its births, and its reports on the topic they come on."""

    def __init__(self, line: ConfigLine) -> None:
        self.line, self.birth, self.ts = line, self._birth(None), 0
        line.birth_of = lambda tenant, edge: self.birth if (tenant, edge) == PLACE else None

    @staticmethod
    def _birth(pushed: str | None, by: str = "") -> Birth:
        return Birth(
            stream="", boot=1, conn_id="", max_seq=0, machine="", agent_version="", config_hash="", pushed=pushed,
            taken_by=by, taken_ts=7,
        )  # fmt: skip

    def runs(self, pushed: str | None, by: str = "") -> None:
        self.birth = self._birth(pushed, by)

    def reports(self, text: str, state: State, active: str) -> None:
        self.ts += 1
        self.line.hear(reply_topic(*PLACE), ConfigReport("p", hash_of(text), state, active, ts=self.ts).pack())


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[tuple[RemoteConfig, Agent]]:
    database = open_database(tmp_path)
    with database.write() as session:
        session.add(TenantRow(id="factory", name="F", created_ts=1))
    yield made(database)
    database.close()


def made(database: Database) -> tuple[RemoteConfig, Agent]:
    line = ConfigLine(lambda *_: True, lambda *_: "c")
    config = RemoteConfig(database, line)
    for text in (FIRST, SECOND):
        config.add(*PLACE, text, "", "anna")
    return config, Agent(line)


def drift_of(config: RemoteConfig) -> tuple[int, str, str] | None:
    state = config.state(*PLACE)
    assert state is not None
    assert config.drifted("factory") == ({"line_1"} if state.drift else set())
    return None if state.drift is None else (state.drift.no, state.drift.running, state.drift.by)


def test_it_is_told_until_one_of_them_has_it(remote: tuple[RemoteConfig, Agent]) -> None:
    config, agent = remote
    agent.runs(hash_of(FIRST))
    agent.reports(FIRST, "kept", hash_of(FIRST))
    assert drift_of(config) is None
    agent.runs("", "mia")
    assert drift_of(config) == (1, "", "mia")
    agent.reports(SECOND, "refused", "")
    assert drift_of(config) == (1, "", "mia"), "a push that was refused changes nothing about it"
    agent.runs(hash_of(SECOND))
    agent.reports(SECOND, "watching", "")
    assert drift_of(config) is None, "on trial"
    agent.runs("")
    agent.reports(SECOND, "rolled_back", "")
    assert drift_of(config) == (1, "", ""), "it went back to what somebody had chosen"
    agent.runs(hash_of(SECOND))
    agent.reports(SECOND, "unchanged", hash_of(SECOND))
    assert drift_of(config) is None
    agent.runs(hash_of(FIRST), "mia")
    assert drift_of(config) == (2, hash_of(FIRST), "mia")


def test_who_does_not_say_what_runs_or_was_never_pushed_to_has_none(remote: tuple[RemoteConfig, Agent]) -> None:
    config, agent = remote
    agent.runs("")
    agent.reports(FIRST, "rolled_back", "")
    assert drift_of(config) is None, "nothing that was pushed was ever kept"
    agent.reports(FIRST, "kept", hash_of(FIRST))
    agent.runs(None)
    assert drift_of(config) is None, "an agent from before"
    state = config.state(*PLACE)
    assert state is not None
    assert state.active == hash_of(FIRST)


def test_a_database_from_before_expects_what_was_active(tmp_path: Path) -> None:
    raw, config = engine._engine(tmp_path / FILE_NAME), engine.alembic_config()
    with raw.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0009")
        connection.exec_driver_sql("INSERT INTO tenant (id, name, created_ts) VALUES ('factory', 'F', 1)")
        connection.exec_driver_sql(
            "INSERT INTO edge_config_state (tenant, edge, hash, state, active, reason, problems, ts)"
            f" VALUES ('factory', 'line_1', 'h', 'kept', '{hash_of(FIRST)}', '', '[]', 1)"
        )
        connection.commit()
    raw.dispose()
    database = open_database(tmp_path)
    try:
        remote, agent = made(database)
        agent.runs("")
        assert drift_of(remote) == (1, "", "")
    finally:
        database.close()
