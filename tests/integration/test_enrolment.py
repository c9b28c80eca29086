"""From a token to values in the platform: a running installation takes one more agent in, and lets it go again."""

from __future__ import annotations

import stat
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import yaml

from tests.support.processes import ROOT, Processes
from tests.support.stack import Stack, create_token
from tests.support.waiting import wait_until

EDGE = "line_2"


def command(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", *(str(one) for one in arguments)]
    return subprocess.run(line, input=stdin, capture_output=True, text=True, cwd=ROOT, timeout=90, check=False)


def make_token(stack: Stack, edge: str = EDGE) -> str:
    done = command("platform_core", "enrol", "token", edge, "--data", stack.data / "platform")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def enrol(stack: Stack, config: Path, token: str) -> subprocess.CompletedProcess[str]:
    return command("edge_agent", "enrol", "--platform", stack.url, "-c", config, stdin=token + "\n")


def metric(data: Path, name: str) -> float:
    address = (data / "metrics.addr").read_text().strip()
    with urllib.request.urlopen(f"http://{address}/metrics", timeout=5) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith(f"interlock_agent_{name} "):
                return float(line.rsplit(" ", 1)[1])
    raise AssertionError(name)


@pytest.mark.slow
def test_an_agent_comes_in_sends_and_is_cut_off_while_its_neighbour_goes_on(
    processes: Processes, tmp_path: Path
) -> None:
    stack = Stack(processes, tmp_path / "data")
    client = stack.client
    neighbour = tmp_path / "data" / "agents" / "line_1" / "data"
    wait_until(lambda: len(client.tags()) > 100, timeout_s=60, what="the neighbour's tags")
    wait_until(lambda: metric(neighbour, "acked_points_total") > 100, timeout_s=30, what="the neighbour is acked")

    config = tmp_path / "away" / "agent.yaml"
    config.parent.mkdir()
    plant = yaml.safe_load((tmp_path / "data" / "plant" / "plant.yaml").read_text())
    config.write_text("# mine\nversion: 1\nedge: old_name # goes\nbroker: {url: 'mqtt://x'}\n\n# the machines\n"
                      + yaml.safe_dump({"connections": plant["connections"][:1], "templates": plant["templates"]})
                      + "metrics: {listen: '127.0.0.1:0'}\n")  # fmt: skip
    token = make_token(stack)
    done = enrol(stack, config, token)
    assert done.returncode == 0, done.stdout + done.stderr
    text = config.read_text()
    assert text.startswith("# mine\nversion: 1\nedge: line_2\n")
    assert "\n# the machines\nconnections:\n" in text
    access = config.parent / "data" / "access" / "broker_password.txt"
    assert stat.S_IMODE(access.stat().st_mode) == 0o600
    password = access.read_text().strip()

    agent = processes.module("edge_agent", "run", "-c", config, name="away", env={"INTERLOCK_MACHINE_ID": "away"})

    def good() -> bool:
        edges = {edge["id"]: edge for edge in client.call("GET", "/health")["edges"]}
        return EDGE in edges and edges[EDGE]["online"] and edges[EDGE]["identity"]["acked"] > 50

    wait_until(good, timeout_s=40, what="the new agent's points are acked")

    again = enrol(stack, config, token)
    assert again.returncode == 1
    assert "was used already" in again.stderr
    wrong = enrol(stack, config, "ile_wrong")
    assert "not known here" in wrong.stderr
    assert config.read_text() == text

    revoked = command("platform_core", "enrol", "revoke", EDGE, "--data", stack.data / "platform")
    assert revoked.returncode == 0, revoked.stderr
    agent.wait_log("refused this edge", timeout_s=30)

    assert metric(neighbour, "broker_connects_total") == 1
    assert metric(neighbour, "resent_batches_total") == 0
    assert metric(neighbour, "dropped_points_total") == metric(neighbour, "dead_points_total") == 0
    everything = b"".join(
        path.read_bytes() for folder in (stack.data / "logs", tmp_path) for path in folder.glob("*.log")
    )
    assert token.encode() not in everything
    assert password.encode() not in everything

    back = enrol(stack, config, make_token(stack))
    assert back.returncode == 0, back.stderr
    accepted = metric(config.parent / "data", "accepted_points_total")
    wait_until(
        lambda: metric(config.parent / "data", "acked_points_total") >= accepted, timeout_s=40,
        what="what waited while it was cut off is sent",
    )  # fmt: skip


def test_http_without_tls_to_another_machine_is_refused(tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    done = command("edge_agent", "enrol", "--platform", "http://192.0.2.1", "--token", "ile_x", "-c", config)
    assert done.returncode == 2
    assert "--plain-http" in done.stderr
    assert not config.exists()


def test_a_token_from_the_platforms_own_api_needs_an_administrator(processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data", "--no-demo")
    client = stack.client
    with pytest.raises(AssertionError, match="403"):
        client.call("POST", "/edges/tokens", {"edge": EDGE})
    client.token = create_token(stack.data, "admin")
    assert client.call("POST", "/edges/tokens", {"edge": EDGE})["edge"] == EDGE


@pytest.mark.slow
def test_agents_of_other_machines_come_in_by_tls_and_get_the_ca(processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data", "--agents-at", "localhost")
    client = stack.client
    wait_until(lambda: len(client.tags()) > 100, timeout_s=60, what="the machine's own agent comes by TLS too")
    config = tmp_path / "away" / "agent.yaml"
    done = enrol(stack, config, make_token(stack))
    assert done.returncode == 0, done.stdout + done.stderr
    broker = yaml.safe_load(config.read_text())["broker"]
    assert broker["url"].startswith("mqtts://localhost:")
    ca = config.parent / broker["ca_file"]
    assert ca.read_text() == (stack.data / "secrets" / "broker_ca.pem").read_text()
    assert stat.S_IMODE(config.stat().st_mode) == 0o600
    assert command("edge_agent", "check", "-c", config).returncode == 0
    processes.module("edge_agent", "run", "-c", config, name="away").wait_log("The platform is there", timeout_s=30)
