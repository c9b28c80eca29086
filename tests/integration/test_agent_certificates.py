"""Client certificates on a running installation: given with the token, renewed under way, of no use once revoked."""

from __future__ import annotations

import json
import stat
import time
from pathlib import Path

import pytest
import yaml

from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from schemas.errors import AuthError, ConnectError
from schemas.models.agent import BrokerConfig
from tests.integration.test_enrolment import EDGE, command, enrol, make_token, metric
from tests.support.processes import Processes
from tests.support.stack import Stack
from tests.support.waiting import wait_until


async def reach(config: Path, **changes: str | None) -> None:
    """One connection as the agent makes it, but for `changes`."""
    section = {**yaml.safe_load(config.read_text())["broker"], **changes}
    broker = BrokerConfig.model_validate({key: value for key, value in section.items() if value is not None})
    mqtt = MqttConnection(broker, config.parent, conn_id=new_connection_id(), on_message=lambda _topic, _payload: None)
    try:
        await mqtt.open([])
    finally:
        await mqtt.close()


@pytest.mark.slow
async def test_it_comes_with_the_token_and_is_renewed_without_a_break(processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data", "--agents-at", "127.0.0.1", "--agent-certificates")
    client = stack.client
    wait_until(lambda: len(client.tags()) > 100, timeout_s=90, what="the machine's own agent, by its certificate")
    config = tmp_path / "away" / "agent.yaml"
    config.parent.mkdir()
    plant = yaml.safe_load((tmp_path / "data" / "plant" / "plant.yaml").read_text())
    own = {"connections": plant["connections"][:1], "templates": plant["templates"]}
    config.write_text("version: 1\nmetrics: {listen: '127.0.0.1:0'}\n" + yaml.safe_dump(own))
    done = enrol(stack, config, make_token(stack))
    assert done.returncode == 0, done.stdout + done.stderr
    access = config.parent / "data" / "access"
    first = (access / "broker_client.pem").read_bytes()
    assert stat.S_IMODE((access / "broker_client.pem").stat().st_mode) == 0o600

    await reach(config)
    with pytest.raises((AuthError, ConnectError)):  # the control: right user and password, no certificate
        await reach(config, cert_file=None, key_file=None)

    state = json.loads((access / "enrolment.json").read_text())
    (access / "enrolment.json").write_text(json.dumps({**state, "ends_s": int(time.time()) + 60}))
    agent = processes.module("edge_agent", "run", "-c", config, name="away", env={"INTERLOCK_MACHINE_ID": "away"})
    agent.wait_log("The client certificate is renewed", timeout_s=60)
    assert (access / "broker_client.pem").read_bytes() != first
    assert json.loads((access / "enrolment.json").read_text())["ends_s"] > time.time() + 86_400
    await reach(config)
    acked = metric(config.parent / "data", "acked_points_total")
    wait_until(
        lambda: metric(config.parent / "data", "acked_points_total") > acked + 50, timeout_s=60, what="it goes on"
    )
    assert metric(config.parent / "data", "broker_connects_total") == 1
    assert metric(config.parent / "data", "broker_certificate_seconds") > 86_400

    revoked = command("platform_core", "enrol", "revoke", EDGE, "--data", stack.data / "platform")
    assert revoked.returncode == 0, revoked.stderr
    agent.wait_log("refused this edge", timeout_s=60)
    again = command("edge_agent", "enrol", "--renew", "-c", config)
    assert again.returncode == 1
    assert "can be renewed" in again.stderr, again.stderr
