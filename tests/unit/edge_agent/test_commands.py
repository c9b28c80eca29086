"""The parts of writing back that need no device: rules, the log, the switch at the machine."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any
from uuid import UUID

import msgpack
import pytest

from edge_agent.cli import run_cli
from edge_agent.commands import rule
from edge_agent.commands.desk import CommandDesk
from edge_agent.commands.log import CommandLog
from edge_agent.commands.switch import WriteSwitch
from schemas.errors import WriteRejected
from schemas.models.tag import TagConfig
from schemas.wire.command import Command, CommandResult

YAML = """version: 1
edge: line_1
broker: {url: "mqtt://127.0.0.1:1883"}
data_dir: data
connections:
  - id: press
    driver: modbus_tcp
    config: {host: 127.0.0.1}
    tags:
      - {name: speed, address: "holding:0", type: uint16, write: {max: 70}}
"""


def tag(**more: Any) -> TagConfig:
    return TagConfig.model_validate({"name": "t", "address": "x", "type": "int16", "write": {}, **more})


@pytest.mark.parametrize("value", [1e308, -1e308, 2**63 - 1, 1.7e300])
def test_a_number_no_device_can_hold_is_refused_and_breaks_nothing(value: float) -> None:
    for one in (tag(scale=0.1), tag(type="uint64", scale=1e-9), tag(write={"step": 1e-3}), tag(type="int16")):
        assert one.write is not None
        with pytest.raises(WriteRejected):
            rule.raw_value(one, rule.checked(one, one.write, value))


@pytest.mark.parametrize(
    ("scaled", "value", "raw"),
    [({"scale": 0.1}, 12.5, 125), ({"scale": 0.1, "offset": -40}, 25.3, 653), ({}, -3, -3), ({"scale": -2}, 8, -4)],
)
def test_the_device_gets_what_reads_back_as_the_value(scaled: dict[str, float], value: float, raw: int) -> None:
    assert rule.raw_value(tag(**scaled), value) == raw


def test_lines_written_from_threads_follow_each_other(tmp_path: Path) -> None:
    log = CommandLog(tmp_path)

    def write() -> None:
        for _ in range(100):
            log.append("refused", durable=False)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(log.recent(0))) == 800
    assert log.first_broken() is None


def test_a_torn_line_takes_no_other_with_it(tmp_path: Path) -> None:
    CommandLog(tmp_path).append("done", durable=True, id="a")
    with (tmp_path / "commands.jsonl").open("a") as file:
        file.write('{"ts":1,"event":"star')
    CommandLog(tmp_path).append("started", durable=True, id="b")
    assert [line["id"] for line in CommandLog(tmp_path).recent(0)] == ["a", "b"]


def test_a_damaged_log_does_not_keep_the_agent_from_starting(tmp_path: Path) -> None:
    lines = ['{"ts":"x","event":"done","id":"a"}', f'{{"ts":{2**60},"event":"done","id":"b","took_ms":[]}}', "[]", "{}"]
    (tmp_path / "commands.jsonl").write_text("\n".join(lines))
    desk = CommandDesk({}, WriteSwitch(tmp_path), CommandLog(tmp_path))
    assert desk._seen == {"b": CommandResult("b", "done")}


def test_writing_is_enabled_and_disabled_at_the_machine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "agent.yaml"
    config.write_text(YAML)

    def said(*words: str) -> str:
        assert run_cli(["writes", *words, "-c", str(config)]) == 0
        return capsys.readouterr().out

    switch = WriteSwitch(tmp_path / "data")
    assert "disabled" in said("status")
    assert not switch.state().enabled
    assert "ENABLED until" in said("enable", "--minutes", "5")
    assert switch.state().enabled
    CommandLog(tmp_path / "data").append("done", durable=True, tag="press/speed", by="anna")
    shown = said("status")
    assert "press/speed" in shown.split("Tags with a write rule")[1]
    assert "anna" in shown
    assert "changed or torn" not in shown
    assert "disabled" in said("disable")
    assert not switch.state().enabled
    with pytest.raises(SystemExit):
        run_cli(["writes", "enable", "--minutes", "-1", "-c", str(config)])


@pytest.mark.parametrize(
    ("approval", "by", "approved_by", "fits"),
    [
        ("none", "olga", "", True), ("password", "olga", "", False), ("password", "olga", "olga", True),
        ("second_person", "olga", "", False), ("second_person", "olga", "olga", False),
        ("second_person", "olga", "piet", True),
    ],
)  # fmt: skip
def test_the_agent_itself_wants_somebody_to_have_vouched(approval: str, by: str, approved_by: str, fits: bool) -> None:
    one = tag(write={"approval": approval})
    assert one.write is not None
    if fits:
        rule.check_approval(one, one.write, by, approved_by)
        return
    with pytest.raises(WriteRejected) as caught:
        rule.check_approval(one, one.write, by, approved_by)
    assert caught.value.code == "command.approval"


def test_a_command_of_an_older_platform_says_that_nobody_vouched() -> None:
    command = Command("1", "c", UUID(int=1), 42.0, 1000, "olga", "operator", "piet")
    assert Command.unpack(command.pack()) == command
    older = msgpack.unpackb(command.pack())
    del older["approved_by"]
    assert Command.unpack(msgpack.packb(older)).approved_by == ""
