"""Our node and our host together, over mosquitto: native wire and Sparkplug bring the same values."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from platform_core.db.tags import TagRow
from platform_core.sparkplug.host import SparkplugHost
from platform_core.sparkplug.link import SparkplugSettings
from tests.integration.agent_rig import Rig
from tests.integration.ingest_platform import ListStore, Platform, running_platform
from tests.support.broker import Broker
from tests.support.processes import Process, Processes, free_port
from tests.support.sparkplug_peers import NodePeer
from tests.support.waiting import wait_until

MOSQUITTO = shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
needs_mosquitto = pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")


class BothEnds:
    """The agent speaks to the platform by the default broker, and as a node to its host by mosquitto."""

    def __init__(self, folder: Path) -> None:
        self.rig = Rig(folder, tags=20)
        self.port = free_port()
        config = folder / "mosquitto.conf"
        config.write_text(f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence false\n")
        assert MOSQUITTO is not None
        self.mosquitto: Process = self.rig.processes.command("mosquitto", [MOSQUITTO, "-c", str(config)])
        self.mosquitto.wait_port(self.port)
        self.store = ListStore()
        self.rig.write_config(
            sparkplug={
                "group": "Halle 1", "node": "Linie é", "primary_host": "interlock",
                "broker": {"url": f"mqtt://127.0.0.1:{self.port}"},
            }
        )  # fmt: skip

    def host(self, platform: Platform) -> SparkplugHost:
        settings = SparkplugSettings("interlock", f"mqtt://127.0.0.1:{self.port}", rebirth_pause_s=0.3)
        return SparkplugHost(settings, "factory", platform.service, platform.catalog)

    def series(self, platform: Platform, edge: str, connection: str) -> dict[str, dict[int, Any]]:
        """Good values by tag name and ms."""
        with platform.database.read() as session:
            rows = session.exec(select(TagRow).where(TagRow.edge == edge, TagRow.connection == connection)).all()
        return {
            row.key.rpartition("/")[2]: {ts // 1000: v for ts, q, v, _ in self.store.samples(row.tag_id) if q < 128}
            for row in rows
        }


@pytest.fixture
def both(tmp_path: Path) -> Iterator[BothEnds]:
    made = BothEnds(tmp_path)
    try:
        yield made
    finally:
        made.rig.close()


@needs_mosquitto
def test_both_ways_bring_the_same_values_also_over_a_cut(both: BothEnds, tmp_path: Path) -> None:
    with running_platform(tmp_path / "platform", both.rig.broker, both.store) as platform:
        host = both.host(platform)
        host.start()
        both.rig.agent()

        def points(edge: str, connection: str) -> int:
            return sum(len(values) for values in both.series(platform, edge, connection).values())

        there = ("sparkplug", "Halle 1:Linie é:dev_0000")
        wait_until(lambda: points(*there) > 200, timeout_s=20, what="values by Sparkplug")
        host.stop()  # the primary host goes: the node keeps what it reads
        seen = points("line_1", "dev_0000")
        wait_until(lambda: points("line_1", "dev_0000") > seen + 200, what="the native way goes on")
        host = both.host(platform)
        host.start()
        try:
            both.mosquitto.kill()  # and the broker breaks
            both.mosquitto.start()
            seen = points("line_1", "dev_0000")
            wait_until(lambda: points("line_1", "dev_0000") > seen + 200, what="more values")

            def missing() -> list[tuple[str, int]]:
                native = both.series(platform, "line_1", "dev_0000")
                sparkplug = both.series(platform, *there)
                assert set(sparkplug) <= set(native)
                # The newest are on their way still.
                newest = max(ts for values in native.values() for ts in values) - 3000
                return [
                    (name, ts)
                    for name, values in native.items()
                    for ts, value in values.items()
                    if ts < newest and sparkplug.get(name, {}).get(ts) != value
                ]

            wait_until(lambda: not missing(), timeout_s=30, every_s=0.5, what="nothing is missing")
        finally:
            host.stop()


def test_the_platform_by_its_command_line(broker: Broker, processes: Processes, tmp_path: Path) -> None:
    node = NodePeer(broker.port, broker.edge_user(), broker.edge_password(), group="g", node="line_1")
    node.connect()
    try:
        platform = processes.module(
            "platform_core", "serve", "--data", tmp_path / "platform", "--listen", "127.0.0.1:0",
            "--broker", broker.url,
            "--broker-user", broker.core_user, "--broker-password-file", broker.core_password_file,
            "--sparkplug-host", "interlock", "--no-built-in-apps",
        )  # fmt: skip
        wait_until(lambda: node.states and node.states[-1]["online"], timeout_s=30, what=f"STATE: {platform.log()}")
        node.nbirth()
        node.send("DBIRTH", {"name": "Temp", "alias": 1, "datatype": 10, "double_value": 1.0}, device="oven")
        status = tmp_path / "platform" / "status.json"

        def told() -> dict[str, Any]:
            return dict(json.loads(status.read_text())) if status.exists() else {}

        wait_until(lambda: told().get("tags") == 1, what="the tag")
        wait_until(lambda: told()["edges"] == [{"id": "sparkplug", "online": True}], what="the edge on the status")
        assert platform.terminate() == 0
        wait_until(lambda: node.states[-1]["online"] is False, what="goodbye")
    finally:
        node.close()


def test_sparkplug_options_alone_are_refused(processes: Processes, tmp_path: Path) -> None:
    for given in (
        ("--sparkplug-group", "g"),
        ("--sparkplug-host", "a/b"),
        ("--sparkplug-host", "a", "--sparkplug-reorder-ms", "-1"),
    ):
        process = processes.module(
            "platform_core", "serve", "--data", tmp_path / "platform", "--listen", "127.0.0.1:0", *given,
            name=f"platform_{given[-1].replace('/', '')}",
        )  # fmt: skip
        wait_until(lambda process=process: not process.running, timeout_s=20, what="it ends")
        assert process.popen is not None
        assert process.popen.returncode == 2
        assert "error:" in process.log()
