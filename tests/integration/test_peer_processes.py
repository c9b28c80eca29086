"""The peers as processes: ready file, files written, clean end."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml

from connectors.peers.sunspec_meter.device import METER_POINTS
from tests.support.recordings import DATA

ROOT = Path(__file__).parents[2]


@contextmanager
def _started(module: str, *arguments: str, ready: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", f"connectors.peers.{module}", *arguments, "--ready", str(ready)]
    process = subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while not ready.exists():
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _end(process: subprocess.Popen[str]) -> str:
    started = time.monotonic()
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=5)
    assert time.monotonic() - started < 2.0
    assert process.returncode == 0, err
    assert err == ""
    return out


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGTERM ends a Windows process at once")


def test_the_stamping_line(tmp_path: Path) -> None:
    config, truth, ready = tmp_path / "line.yaml", tmp_path / "truth.jsonl", tmp_path / "ready.json"
    with _started("stamping_line", "--agent-config", str(config), "--truth", str(truth), ready=ready) as process:
        status = json.loads(ready.read_text())
        assert status["modbus"]["port"] > 0
        assert status["opcua"]["port"] > 0
        connections = yaml.safe_load(config.read_text(encoding="utf-8"))["connections"]
        assert [c["driver"] for c in connections] == ["modbus_tcp", "modbus_tcp", "opcua"]
        assert connections[0]["config"]["port"] == status["modbus"]["port"]
        assert "126 tags" in _end(process)
    assert len(truth.read_text().splitlines()) >= 3


def test_a_replay_with_broken_rows(tmp_path: Path) -> None:
    rows = [f"2024-01-01 00:00:{i:02},{i}.5" for i in range(30)] + ["broken"] * 12
    (tmp_path / "r.csv").write_text("\n".join(["time,v", *rows]), encoding="utf-8")
    ready, served = tmp_path / "ready.json", tmp_path / "served.jsonl"
    arguments = [str(tmp_path / "r.csv"), "--rows-per-s", "100", "--no-hold", "--served", str(served)]
    arguments += ["--agent-config", str(tmp_path / "agent.yaml"), "--app", str(tmp_path / "app")]
    with _started("replay", *arguments, ready=ready) as process:
        assert json.loads(ready.read_text())["rows_total"] == 30
        deadline = time.monotonic() + 5
        while not json.loads(ready.read_text())["done"]:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        out = _end(process)
    assert "12 broken rows are left out" in out
    assert "r.csv line 32: 1 fields, 2 expected" in out
    assert "and 2 more" in out
    assert "done, 30 rows" in out
    assert len((tmp_path / "r.broken-rows.txt").read_text(encoding="utf-8").splitlines()) == 12
    assert json.loads(served.read_text().splitlines()[-1])["done"] is True
    assert (tmp_path / "app" / "app.json").exists()
    assert yaml.safe_load((tmp_path / "agent.yaml").read_text(encoding="utf-8"))["connections"][0]["id"] == "r"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["missing.csv"], "No such file"),
        (["FILE", "--zone", "Mars/Olympus"], "no time zone"),
        (["FILE", "--time-column", "none", "--keep-time", "--rows-per-s", "1"], "--keep-time needs a time column"),
        (["FILE", "--type", "v=colour"], "COLUMN=float"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(tmp_path: Path, arguments: list[str], words: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text("time,v\n2024-01-01,1\n2024-01-02,2\n", encoding="utf-8")
    arguments = [str(path) if argument == "FILE" else argument for argument in arguments]
    command = [sys.executable, "-m", "connectors.peers.replay", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_tick_device(tmp_path: Path) -> None:
    ready, config = tmp_path / "ready.json", tmp_path / "tick.yaml"
    arguments = ["--tags", "100", "--devices", "3", "--agent-config", str(config)]
    with _started("tick_device", *arguments, ready=ready) as process:
        assert len(set(json.loads(ready.read_text())["ports"])) == 3
        _end(process)
    assert len(yaml.safe_load(config.read_text())["connections"]) == 3


def test_a_sunspec_meter_is_found_mapped_and_read(tmp_path: Path) -> None:
    """By the commands of the tutorial, on the process that it starts."""
    ready, config = tmp_path / "ready.json", tmp_path / "agent.yaml"
    config.write_text('version: 1\nedge: hall_1\nbroker: {url: "mqtt://127.0.0.1:1"}\n', encoding="utf-8")

    def agent(*words: str) -> str:
        line = [sys.executable, "-m", "edge_agent", *words, "-c", str(config)]
        done = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    with _started("sunspec_meter", "--port", "0", "--unit", "3", ready=ready) as process:
        at = ["--host", "127.0.0.1", "--port", str(json.loads(ready.read_text())["port"]), "--unit", "3"]
        assert "model Simulated meter" in agent("import", "sunspec", *at, "--connection", "meter", "--apply")
        rows = [{row["tag"]: row for row in json.loads(agent("read", "--json"))[0]["values"]} for _ in range(2)]
        for read in rows:
            values = {tag: row["v"] for tag, row in read.items()}
            assert values["W"] == pytest.approx(values["WphA"] + values["WphB"] + values["WphC"], abs=2)
            assert 220 < values["PhV"] < 240
            assert 49 < values["Hz"] < 51
            assert 1 < values["AphA"] < 20
        assert rows[1]["TotWhImp"]["v"] >= rows[0]["TotWhImp"]["v"] > 0
        assert {tag for tag, row in rows[0].items() if row["q"]} == {"TotWhExp"}  # it only takes
        assert "TotWhExp" in (said := agent("doctor", "meter"))
        assert "Nothing is to be put right; 1 note above." in said
        assert "unit 3" in _end(process)


def test_the_meters_layout_is_the_published_model() -> None:
    file = DATA / "sunspec" / "model_203.json"
    if not file.is_file():
        pytest.skip("the SunSpec models are not beside this checkout")
    points = json.loads(file.read_text("utf-8"))["group"]["points"][2:]
    assert [(one["name"], one["type"]) for one in points] == list(METER_POINTS)
