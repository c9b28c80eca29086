"""The doctor on the platform's way: a real broker, wrong in one thing at a time."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

from edge_agent.buffer.letter_desk import LetterDesk
from edge_agent.commissioning.doctor_broker import examine_broker
from edge_agent.commissioning.findings import Finding
from edge_agent.config import parse_config
from edge_agent.diagnostics.local_door import LocalDoor
from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from schemas.models.agent import BrokerConfig
from schemas.wire import topics
from schemas.wire.presence import CoreState
from tests.support.broker import Broker
from tests.support.processes import free_port


async def examined(broker: Broker, base: Path, *, url: str = "", password: str = "") -> list[Finding]:
    (base / "password").write_text(password or broker.edge_password())
    text = f"""
version: 1
tenant: factory
edge: line_1
broker: {{url: "{url or broker.url}", username: {broker.edge_user()}, password_file: password}}
"""
    found = await examine_broker(parse_config(text, base=base))
    assert all(one.next_step for one in found if one.severity == "problem")
    assert broker.edge_password() not in str(found)
    return found


async def test_what_is_wrong_with_the_broker(broker: Broker, tmp_path: Path) -> None:
    [user] = await examined(broker, tmp_path, password="wrong")
    assert user.code == "mqtt.refused"
    [tls] = await examined(broker, tmp_path, url=broker.url.replace("mqtt:", "mqtts:"))
    assert tls.code == "broker.tls"
    [closed] = await examined(broker, tmp_path, url=f"mqtt://127.0.0.1:{free_port()}")
    assert closed.code == "network.port_closed"
    [fine, absent] = await examined(broker, tmp_path)
    assert (fine.severity, absent.code) == ("ok", "platform.absent")


async def test_the_platform_and_its_acks(broker: Broker, tmp_path: Path) -> None:
    (tmp_path / "core").write_text(broker.core_password)
    core = BrokerConfig(url=broker.url, username=broker.core_user, password_file="core")
    platform = MqttConnection(core, tmp_path, conn_id=new_connection_id(), on_message=lambda *_: None)
    await platform.open([topics.core_state_topic("factory")])
    state = CoreState(v=1, online=True, core="c", ts=time.time_ns() // 1000)
    platform.publish(topics.core_state_topic("factory"), state.model_dump_json().encode(), retain=True)
    try:
        [_, there, agent] = await examined(broker, tmp_path)
        assert (there.what, agent.code) == ("the platform is there", "agent.stopped")
        for oldest, code in ((5, "ok"), (500, "platform.acks")):
            assert (await _with_agent(broker, tmp_path, oldest)).code == code
    finally:
        await platform.close()


async def _with_agent(broker: Broker, base: Path, oldest: int) -> Finding:
    """What is found beside an agent of this folder, which serves no metrics to others: only its local door is there."""
    figures = f"interlock_agent_oldest_pending_seconds {oldest}\ninterlock_agent_pending_points 7\n"
    (base / "data").mkdir(exist_ok=True)
    door = LocalDoor(dict, lambda: figures, [], list, cast(LetterDesk, None))  # nobody asks for dead letters here
    await door.start(base / "data")
    try:
        return (await examined(broker, base))[-1]
    finally:
        await door.stop()
