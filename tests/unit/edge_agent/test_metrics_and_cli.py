"""Metrics, the one-shot read's table, the catalog, and what is not imported without need."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent import small_http
from edge_agent.cli import run_cli
from edge_agent.metrics_server import MetricsServer
from edge_agent.one_shot import ConnectionRead, Value, as_json, as_table
from edge_agent.plain_words import counted
from schemas.errors import InterlockError, Problem
from schemas.models.tag import TagConfig
from tests.support.processes import ROOT, free_port

FINE = ROOT / "tests" / "golden" / "agent_config" / "fine" / "agent.yaml"


async def ask(address: str, request: bytes) -> bytes:
    host, port = address.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


async def test_metrics_answer_get_and_nothing_else(tmp_path: Path) -> None:
    server = MetricsServer(lambda: "a 1\n")
    await server.start("127.0.0.1:0", tmp_path / "metrics.addr")
    address = (tmp_path / "metrics.addr").read_text().strip()
    assert (await ask(address, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")).endswith(b"\r\n\r\na 1\n")
    assert b" 404 " in await ask(address, b"GET / HTTP/1.1\r\n\r\n")
    assert b" 405 " in await ask(address, b"POST /metrics HTTP/1.1\r\n\r\n")
    assert await ask(address, b"x" * 20_000 + b"\r\n\r\n") == b""
    await server.stop()
    assert not (tmp_path / "metrics.addr").exists()


async def test_who_is_being_answered_has_a_moment_and_who_says_nothing_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(small_http, "STOP_WAIT_S", 0.2)
    began, go = asyncio.Event(), asyncio.Event()

    async def slow(_: small_http.Request) -> small_http.Response:
        began.set()
        await go.wait()
        return small_http.Response("done\n")

    http = small_http.SmallHttp(slow)
    address = await http.start("127.0.0.1", 0)
    mute, held = await asyncio.open_connection(*address.rsplit(":", 1))
    asked = asyncio.create_task(ask(address, b"GET / HTTP/1.1\r\n\r\n"))
    await began.wait()
    stopping = asyncio.create_task(http.stop())
    go.set()
    assert (await asked).endswith(b"done\n")
    await stopping
    assert await mute.read() == b""
    held.close()


def test_a_read_shows_value_unit_quality_and_texts_and_no_control_characters() -> None:
    state = TagConfig(name="state", address="holding:0", type="uint16", texts={"0": "Stopped"})
    level = TagConfig(name="level", address="holding:1", unit="mm", decimals=1)
    label = TagConfig(name="label", address="holding:3", type="string", length=8)
    values = [Value(state, 0, 0, 1), Value(level, None, 129, 1), Value(label, "a\x1b[2J", 0, 1)]
    read = ConnectionRead("press_1", values)
    table = as_table([read])
    assert "press_1: 3 values, 1 bad" in table
    assert "0 (Stopped)" in table
    assert "no communication" in table
    assert "\x1b" not in table
    assert json.loads(as_json([read]))[0]["values"][1]["v"] is None


def test_an_unknown_connection_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["read", "-c", str(FINE), "--connection", "press_9"]) == 2
    assert "Known: press_1, press_2" in capsys.readouterr().err


def test_a_missing_file_is_told_without_a_stack(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["check", "-c", "nowhere.yaml"]) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_check_as_json_names_line_and_hint(capsys: pytest.CaptureFixture[str]) -> None:
    path = FINE.parent.parent / "duplicate_key" / "agent.yaml"
    assert run_cli(["check", "--json", "-c", str(path)]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["code"], problem["line"]) == ("yaml.duplicate_key", 4)


def test_one_is_no_plural(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [counted(0, "tag"), counted(1, "tag"), counted(2, "tag")] == ["0 tags", "1 tag", "2 tags"]
    tags = ["{name: a, address: 'holding:0', type: uint16}", "{name: b, address: 'holding:1', type: uint16}"]
    for number, told in ((1, "1 connection, 1 tag."), (2, "1 connection, 2 tags.")):
        file = tmp_path / "agent.yaml"
        machine = f"{{id: m, driver: modbus_tcp, config: {{host: h}}, tags: [{', '.join(tags[:number])}]}}"
        file.write_text(f'version: 1\nedge: e\nbroker: {{url: "mqtt://127.0.0.1:1"}}\nconnections: [{machine}]\n')
        assert run_cli(["check", "-c", str(file)]) == 0
        assert told in capsys.readouterr().out


def test_what_happened_and_what_to_do_are_two_sentences(capsys: pytest.CaptureFixture[str]) -> None:
    assert str(InterlockError("x", "no answer", hint="Look.")) == "no answer. Look."
    assert str(InterlockError("x", "no answer.", hint="Look.")) == "no answer. Look."
    assert str(InterlockError("x", "refused", hint="check the user")) == "refused; check the user"
    assert (str(InterlockError("x", "alone")), str(InterlockError("x", "", hint="Look."))) == ("alone", "Look.")
    assert str(Problem("x", "/a", "is wrong", "Write b.", 7)) == "line 7: /a: is wrong. Write b."
    place = f"127.0.0.1:{free_port()}"
    host, port = place.split(":")
    assert run_cli(["read", "holding:0", "--type", "uint16", "--host", host, "--port", port]) == 1
    assert f"no Modbus TCP connection to {place}. Check address" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["edge_agent", "catalog"], ["edge_agent", "templates", "list"], ["edge_agent", "--help"],
        ["platform_core", "openapi"], ["platform_core", "--help"], ["interlock", "--help"], ["interlock", "version"],
    ],
)  # fmt: skip
def test_a_reader_who_has_enough_ends_a_command_quietly(words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        line = [sys.executable, "-m", *words]
        done = subprocess.run(line, stdout=writing, stderr=subprocess.PIPE, timeout=60, check=False)
    finally:
        os.close(writing)
    assert done.stderr == b""
    assert done.returncode in (0, 1)


def test_the_catalog_lists_the_drivers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_cli(["catalog"]) == 0
    assert "config_schema" in json.loads(capsys.readouterr().out)["modbus_tcp"]


def test_a_modbus_agent_never_imports_opc_ua_nor_anything_of_the_platform() -> None:
    code = (
        "import sys; from pathlib import Path; import edge_agent.agent, edge_agent.one_shot;"
        f"from edge_agent.config import load_config; load_config(Path({str(FINE)!r}));"
        "print([m for m in ('asyncua', 'fastapi', 'duckdb', 'pyarrow', 'platform_core', 'typer') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
