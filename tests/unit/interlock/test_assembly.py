"""Which parts are started with which command lines, and what is refused before anything is started."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from interlock.assembly import Assembly, Options, outside_broker
from interlock.child import Part
from interlock.datafolder import FORMAT, DataFolder, Refused
from interlock.ports import any_free, is_free, keep
from interlock.view import metric_values
from interlock.zone import machine_zone
from tests.support.processes import Processes, children


def built(options: Options) -> dict[str, Part]:
    assembly = Assembly(options)
    assembly.folder.create()
    return {part.name: part for part in assembly.build()}


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def option(line: list[str], name: str) -> str:
    return line[line.index(name) + 1]


def test_the_parts_of_the_demo_in_order(tmp_path: Path) -> None:
    parts = built(Options(tmp_path, port=any_free()))
    assert list(parts) == ["broker", "plant", "platform", "agent"]
    assert parts["platform"].after == ("broker",)
    assert parts["agent"].after == ("broker", "plant")
    line = list(parts["platform"].command())
    assert line[:4] == [sys.executable, "-m", "platform_core", "serve"]
    assert option(line, "--broker").startswith("mqtt://127.0.0.1:")
    assert Path(option(line, "--broker-password-file")).is_file()
    assert "--no-built-in-apps" not in line


def test_no_demo_starts_the_agents_that_are_configured_here(tmp_path: Path) -> None:
    for edge in ("hall_2", "line_1"):
        (tmp_path / "agents" / edge).mkdir(parents=True)
        (tmp_path / "agents" / edge / "agent.yaml").write_text("version: 1\n")
    parts = built(Options(tmp_path, port=any_free(), demo=False))
    assert list(parts) == ["broker", "platform", "agent-hall_2"]
    assert "--no-built-in-apps" in parts["platform"].command()
    assert (tmp_path / "secrets" / "edge_hall_2.txt").is_file()
    assert not (tmp_path / "secrets" / "edge_line_1.txt").exists()


def test_a_replay_takes_the_place_of_the_plant(tmp_path: Path) -> None:
    csv = tmp_path / "a file.csv"
    csv.write_text("a\n1\n")
    options = Options(tmp_path / "d", port=any_free(), replay=(csv, csv), rows_per_s=10, protocol="opcua", hold=False)
    options = replace(options, repeat=3, zone="Asia/Shanghai")
    parts = built(options)
    assert list(parts) == ["broker", "replay", "platform", "agent"]
    assert not parts["replay"].restart
    line = list(parts["replay"].command())
    assert line[3:5] == [str(csv), str(csv)]
    assert option(line, "--protocol") == "opcua"
    assert option(line, "--rows-per-s") == "10"
    assert "--no-hold" in line
    assert option(line, "--repeat") == "3"
    assert option(line, "--zone") == "Asia/Shanghai"
    assert "--keep-time" not in line
    serve = list(parts["platform"].command())
    assert option(serve, "--install-app") == option(line, "--app")
    assert option(serve, "--zone") == "Asia/Shanghai"
    assert "--no-built-in-apps" in serve  # the file's app alone


def test_the_agents_configuration_joins_plant_and_broker(tmp_path: Path) -> None:
    parts = built(Options(tmp_path, port=any_free()))
    (tmp_path / "plant" / "plant.yaml").write_text("version: 1\nconnections: [{id: press_1}]\n")
    line = list(parts["agent"].command())
    config = yaml.safe_load(Path(option(line, "-c")).read_text())
    assert config["connections"] == [{"id": "press_1"}]
    assert (config["tenant"], config["edge"]) == ("factory", "line_1")
    assert config["broker"]["username"] == "edge_line_1"
    assert Path(config["broker"]["password_file"]).is_file()


def test_an_outside_broker_is_reached_with_credentials_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INTERLOCK_BROKER_USER", raising=False)
    parts = built(Options(tmp_path, port=any_free(), broker_url="mqtts://me:s%40cret@broker.example"))
    assert list(parts) == ["plant", "platform", "agent"]
    line = list(parts["platform"].command())
    assert option(line, "--broker") == "mqtts://broker.example:8883"
    assert not any("s@cret" in word or "s%40cret" in word for word in line), "a command line is seen by everyone"
    file = Path(option(line, "--broker-password-file"))
    assert file.read_text().strip() == "s@cret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    monkeypatch.setenv("INTERLOCK_BROKER_USER", "env_user")
    assert outside_broker("mqtt://host", DataFolder(tmp_path)).core_user == "env_user"
    with pytest.raises(Refused, match="no broker address"):
        outside_broker("http://host", DataFolder(tmp_path))


def test_a_taken_port_is_refused_with_the_option_to_change(tmp_path: Path, taken: int) -> None:
    with pytest.raises(Refused, match=f"Port {taken}.*--port"):
        built(Options(tmp_path, port=taken))
    with pytest.raises(Refused, match=f"Port {taken}.*--mqtt-port"):
        built(Options(tmp_path, port=any_free(), mqtt_port=taken))


def test_a_port_stays_the_same_from_start_to_start(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "port.json"
    first = keep(file, "mqtt", taken)
    assert first != taken
    assert keep(file, "mqtt", any_free()) == first
    assert is_free(first)
    assert not is_free(taken)


def test_a_newer_data_folder_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()
    folder.create()
    (tmp_path / "version.json").write_text(json.dumps({"format": FORMAT + 1, "program": "9.9"}))
    with pytest.raises(Refused, match="newer Interlock"):
        folder.create()
    (tmp_path / "version.json").write_text("{")
    with pytest.raises(Refused, match="cannot be read"):
        folder.create()
    (tmp_path / "file").write_text("")
    with pytest.raises(Refused, match="not a folder"):
        DataFolder(tmp_path / "file").create()


def test_a_folder_in_use_is_refused(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.create()
    lock = folder.claim()
    with pytest.raises(Refused, match=rf"already runs on .*process {os.getpid()}"):
        folder.claim()
    lock.release()
    folder.claim().release()


def run_cli(*args: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "interlock", *args]
    return subprocess.run(line, capture_output=True, text=True, timeout=30, check=False)


def test_a_refusal_is_one_plain_line(tmp_path: Path, taken: int) -> None:
    done = run_cli("up", "--data", str(tmp_path), "--port", str(taken))
    assert done.returncode == 2
    assert done.stderr.startswith(f"interlock: Port {taken}")
    assert "Traceback" not in done.stderr
    assert run_cli("up", "--data", str(tmp_path), "--replay", "missing.csv").returncode == 2
    done = run_cli("user", "add", "eve", "--data", str(tmp_path / "nowhere"))
    assert "There is no installation" in done.stderr


def test_version_and_handing_over(tmp_path: Path) -> None:
    assert run_cli("version").stdout.strip()[0].isdigit()
    done = run_cli("replay", "--help")
    assert done.returncode == 0
    assert "--rows-per-s" in done.stdout
    assert run_cli("replay", str(tmp_path / "missing.csv")).returncode != 0


def test_the_spools_figures_are_found_in_the_metrics() -> None:
    text = "# TYPE x gauge\ninterlock_agent_pending_points 12\ninterlock_agent_spool_bytes 4.5e+06\nother 1\n"
    assert metric_values(text) == {"pending_points": 12, "spool_bytes": 4.5e6}


def test_the_zone_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    assert machine_zone() == "Asia/Shanghai"
    monkeypatch.setenv("TZ", "nonsense")
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Europe/Berlin")
    assert machine_zone(link, tmp_path / "none") == "Europe/Berlin"
    (tmp_path / "timezone").write_text("America/Lima\n")
    assert machine_zone(tmp_path / "none", tmp_path / "timezone") == "America/Lima"
    assert machine_zone(tmp_path / "none", tmp_path / "none") == "UTC"


def test_a_part_run_alone_gets_every_signal(processes: Processes, tmp_path: Path) -> None:
    plant = processes.module("interlock", "plant", "--ready", tmp_path / "ready.json", ready=tmp_path / "ready.json")
    plant.wait_ready()
    assert plant.terminate(5) == 0
    assert not children(plant.pid)
