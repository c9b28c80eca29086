"""A replaced machine goes on with the same tags; what would mix up histories is refused and said in words."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest

from edge_agent.buffer import aliases
from edge_agent.buffer.identity import Identity, Wanted
from edge_agent.cli import run_cli
from edge_agent.machine import machine_id
from schemas.wire.dictionary import TagEntry
from tests.unit.edge_agent.spool_making import open_at

CONFIG = """version: 1
edge: {edge}
broker: {{url: "mqtt://127.0.0.1:1"}}
connections:
  - id: press_1
    driver: modbus_tcp
    config: {{host: 127.0.0.1, port: 1502}}
    tags:
      - {{name: pressure, address: "holding:1", type: float32, unit: bar}}
      - {{name: count, address: "holding:3", type: uint32}}
"""
WANTED = [Wanted("press_1/pressure", "f", "bar"), Wanted("press_1/count", "i", "")]


class Machine:
    """A data folder with its agent.yaml."""

    def __init__(self, folder: Path, edge: str = "line_1") -> None:
        folder.mkdir()
        self.config, self.data = folder / "agent.yaml", folder / "data"
        self.config.write_text(CONFIG.format(edge=edge))

    def first_run(self, machine: str | None = None) -> dict[str, UUID]:
        """What a start leaves: identity.json, and the aliases in the spool."""
        spool = open_at(self.data, machine=machine or machine_id())
        uuids = Identity(self.data / "identity.json").resolve(WANTED)
        aliases.allocate(spool, [TagEntry(0, uuids[tag.key], tag.key, tag.kind) for tag in WANTED])
        spool.close()
        return uuids

    def __call__(self, *arguments: str) -> int:
        return run_cli(["identity", *arguments, "-c", str(self.config)])


def test_a_new_machine_goes_on_with_the_tags_of_the_old(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new, file = Machine(tmp_path / "old"), Machine(tmp_path / "new"), tmp_path / "line_1.json"
    uuids = old.first_run()
    assert old("export", str(file)) == 0
    exported = json.loads(file.read_text())
    assert exported["tags"]["press_1/pressure"]["alias"] == 1
    assert UUID(exported["stream"]).version == 4
    assert new("check") == 1
    assert "no history yet" in capsys.readouterr().out
    assert new("import", str(file)) == 0
    assert new.first_run() == uuids
    assert new("check", str(file)) == 0


def test_a_history_that_has_begun_is_not_replaced_unasked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    old, new, file = Machine(tmp_path / "old"), Machine(tmp_path / "new"), tmp_path / "line_1.json"
    uuids, begun = old.first_run(), new.first_run()
    old("export", str(file))
    assert new("import", str(file)) == 2
    assert "press_1/count, press_1/pressure began another history" in capsys.readouterr().err
    assert new.first_run() == begun
    assert new("check", str(file)) == 1
    assert new("import", str(file), "--replace") == 0
    assert new.first_run() == uuids


def test_the_identity_of_another_edge_and_a_changed_file_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, other, file = Machine(tmp_path / "old"), Machine(tmp_path / "other", edge="line_2"), tmp_path / "line_1.json"
    old.first_run()
    old("export", str(file))
    assert other("import", str(file)) == 2
    assert "never share tags" in capsys.readouterr().err
    file.write_text(file.read_text().replace('"alias": 1', '"alias": 7'))
    assert old("import", str(file)) == 2
    assert "checksum differs" in capsys.readouterr().err
    file.write_text("{}")
    assert old("check", str(file)) == 2
    assert "no exported identity" in capsys.readouterr().err


def test_a_running_agent_is_not_given_another_identity(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, file = Machine(tmp_path / "old"), tmp_path / "line_1.json"
    old.first_run()
    old("export", str(file))
    spool = open_at(old.data, machine=machine_id())
    assert old("import", str(file)) == 2
    assert "stop it" in capsys.readouterr().err
    spool.close()
    assert old("import", str(file)) == 0


def test_a_copied_folder_and_a_lost_identity_are_told_in_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied = Machine(tmp_path / "copied")
    copied.first_run("another machine")
    assert copied("check") == 1
    assert "made on another machine" in capsys.readouterr().out
    copied.first_run()
    assert copied("check") == 0
    (copied.data / "identity.json").unlink()
    assert copied("check") == 1
    said = capsys.readouterr().out
    assert "in the spool, but not in identity.json" in said
    assert copied("export", str(tmp_path / "none.json")) == 2
    Identity(copied.data / "identity.json").resolve(WANTED)
    assert copied("check") == 1
    assert "another UUID than identity.json" in capsys.readouterr().out
