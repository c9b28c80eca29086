"""Metrics as a scraper reads them, frames and tags by command, from a running agent."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from edge_agent.cli import run_cli
from tests.integration.agent_rig import Rig
from tests.support.processes import free_port
from tests.support.waiting import wait_until

LABELS_MAX = 3000


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, devices=2)
    try:
        yield made
    finally:
        made.close()


def add_wrong_address(rig: Rig) -> None:
    """One tag of the first device at an address it does not have."""
    document = yaml.safe_load(rig.config.read_text())
    connections = document["connections"]
    connections[0]["tags"] = [
        *connections[0].get("tags", []),
        {"name": "nowhere", "address": "holding:60000", "type": "uint16"},
    ]
    rig.write_config(connections=connections, metrics={"listen": "127.0.0.1:0", "tags": True})


def scraped(rig: Rig) -> str:
    address = (rig.data / "metrics.addr").read_text().strip()
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
        return answer.read().decode()


def test_a_scraper_reads_every_metric_and_the_figures_are_the_lines(rig: Rig) -> None:
    add_wrong_address(rig)
    rig.agent()
    wait_until(lambda: "exceptions_by_address_total{" in scraped(rig), what="an exception was counted")
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 100, what="points")
    text = scraped(rig)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    seen = set()
    for family in families.values():
        assert re.fullmatch(r"interlock_agent_[a-z][a-z0-9_]*", family.name)
        assert family.documentation
        assert family.type in ("counter", "gauge", "summary"), family.name
        assert family.type != "counter" or all(sample.name.endswith("_total") for sample in family.samples)
        for sample in family.samples:
            key = (sample.name, tuple(sorted(sample.labels.items())))
            assert key not in seen
            seen.add(key)
    assert len(seen) < LABELS_MAX
    assert text.count("# TYPE") == text.count("# HELP") == len(families)

    duration = families["interlock_agent_request_duration_seconds"].samples
    quantiles = [s.value for s in duration if s.labels.get("quantile") and s.labels["connection"] == "dev_0000"]
    assert len(quantiles) == 3
    assert quantiles == sorted(quantiles)
    assert 0 < quantiles[0] < 1
    requests = {s.labels["connection"]: s.value for s in families["interlock_agent_requests"].samples}
    counts = {s.labels["connection"]: s.value for s in duration if s.name.endswith("_count")}
    assert requests["dev_0001"] >= counts["dev_0001"] > 0
    (wrong,) = families["interlock_agent_exceptions_by_address"].samples
    assert wrong.labels["address"] == "holding:60000"
    assert wrong.labels["code"] == "2"
    assert 0 < max(s.value for s in families["interlock_agent_line_utilisation_ratio"].samples) <= 1
    values = {s.labels["tag"] for s in families["interlock_agent_tag_value"].samples}
    assert "nowhere" not in values
    qualities = {s.labels["tag"]: s.value for s in families["interlock_agent_tag_quality"].samples}
    assert qualities["nowhere"] == 132


def test_frames_tags_and_status_by_command(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    add_wrong_address(rig)
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 100, what="points")
    assert run_cli(["frames", "dev_0000", "-c", str(rig.config), "--last", "400"]) == 0
    shown = capsys.readouterr().out
    assert "the link is up" in shown
    assert re.search(r"> #\d+ unit \d+ read holding:\d+", shown)
    assert re.search(r"< #\d+ unit \d+ holding:\d+-\d+ \(\d+\) = [0-9A-F]{4}", shown)
    assert "EXCEPTION 2 illegal data address to read holding:60000" in shown
    assert run_cli(["frames", "dev_0000", "-c", str(rig.config), "--last", "3"]) == 0
    assert "3 frames" in capsys.readouterr().out

    assert run_cli(["tags", "dev_0000", "--json", "-c", str(rig.config)]) == 0
    rows = {row["tag"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["nowhere"]["value"] is None
    assert rows["nowhere"]["error"]
    good = next(row for name, row in rows.items() if name != "nowhere")
    assert good["value"] is not None
    assert good["read_age_s"] < 60

    assert run_cli(["status", "-c", str(rig.config)]) == 0
    shown = capsys.readouterr().out
    assert "round trip" in shown
    assert "exception 2 at holding:60000" in shown

    assert run_cli(["frames", "press_9", "-c", str(rig.config)]) == 2
    assert "Known: dev_0000, dev_0001" in capsys.readouterr().err
    agent.terminate()
    assert run_cli(["frames", "dev_0000", "-c", str(rig.config)]) == 1
    assert "no agent runs" in capsys.readouterr().err
    assert not (rig.data / "local.json").exists()


def test_only_who_can_read_the_data_folder_is_answered(rig: Rig) -> None:
    rig.agent()
    place = rig.data / "local.json"
    if sys.platform != "win32":
        assert stat.S_IMODE(os.stat(place).st_mode) == 0o600
    address = json.loads(place.read_text())["address"]
    assert address.startswith("127.0.0.1:")
    for headers in ({}, {"x-interlock-key": "wrong"}):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(f"http://{address}/status", headers=headers), timeout=5)
        with refused.value:
            assert refused.value.code == 403


def test_after_a_kill_the_file_that_is_left_leads_nowhere(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    agent = rig.agent()
    agent.kill()
    assert (rig.data / "local.json").exists()
    assert run_cli(["status", "-c", str(rig.config)]) == 1
    assert "no agent runs" in capsys.readouterr().err
    rig.agent(name="again")
    wait_until(lambda: run_cli(["status", "-c", str(rig.config)]) == 0, what="the new agent answers")


def test_no_frames_where_they_are_switched_off(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    rig.write_config(diagnostics={"frames": False})
    rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] > 0, what="points")
    assert run_cli(["frames", "dev_0000", "-c", str(rig.config)]) == 0
    assert "frames are not kept" in capsys.readouterr().out
    assert "frames_kept_bytes" not in scraped(rig)


def test_the_doctor_asks_an_agent_that_serves_no_metrics(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    """As `enrol` writes its configuration: the local door is there always."""
    document = yaml.safe_load(rig.config.read_text())
    del document["metrics"]
    rig.config.write_text(yaml.safe_dump(document))
    rig.peer.start()
    agent = rig.processes.module("edge_agent", "run", "-c", rig.config, name="agent")
    agent.wait_log("The platform is there", timeout_s=60)
    assert re.search(r"Collecting \d+ tags of 2 connections\.", agent.log())
    assert not (rig.data / "metrics.addr").exists()
    assert run_cli(["doctor", "broker", "-c", str(rig.config)]) == 0
    told = capsys.readouterr().out
    assert ("the platform's acks come" in told, "no agent runs" in told) == (True, False)
    agent.terminate()
    run_cli(["doctor", "broker", "-c", str(rig.config)])
    assert "no agent runs" in capsys.readouterr().out


def test_the_log_names_a_broker_once(rig: Rig) -> None:
    port = free_port()
    rig.write_config(broker={"url": f"mqtt://127.0.0.1:{port}"})
    said = f"way to the platform: broker 127.0.0.1:{port} cannot be reached: Connection refused. Trying again."
    rig.agent().wait_log(said, timeout_s=60)
