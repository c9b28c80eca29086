"""A platform that is a Sparkplug host, and nodes of other makers, wired together for one test."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlmodel import select

from platform_core.db.tags import TagRow
from platform_core.sparkplug.host import SparkplugHost
from platform_core.sparkplug.link import SparkplugSettings
from tests.integration.ingest_platform import ListStore, Platform, running_platform
from tests.support.broker import Broker
from tests.support.sparkplug_peers import NodePeer
from tests.support.waiting import wait_until


class HostRig:
    """Platform, host and nodes; `start` may be called again after `stop`."""

    def __init__(self, folder: Path, broker: Broker, **given: Any) -> None:
        self.folder, self.broker, self.given = folder, broker, given
        self.store = ListStore()
        self.nodes: list[NodePeer] = []
        self.stack = ExitStack()
        self.start()

    def start(self) -> None:
        self.platform: Platform = self.stack.enter_context(running_platform(self.folder, self.broker, self.store))
        settings = SparkplugSettings(
            "interlock", self.broker.url, self.broker.core_user, self.broker.core_password,
            **{"reorder_ms": 400, "rebirth_pause_s": 0.3, **self.given},
        )  # fmt: skip
        self.host = SparkplugHost(settings, "factory", self.platform.service, self.platform.catalog)
        self.host.start()
        self.stack.callback(self.host.stop)
        assert self.host.link.wait_until_up(10)

    def stop(self) -> None:
        self.stack.close()
        self.stack = ExitStack()

    def node(self, **given: Any) -> NodePeer:
        made = NodePeer(self.broker.port, self.broker.core_user, self.broker.core_password, **given)
        made.connect()
        self.nodes.append(made)
        return made

    def close(self) -> None:
        for node in self.nodes:
            node.close()
        self.stop()

    def tag(self, key: str) -> Any:
        with self.platform.database.read() as session:
            query = select(TagRow).where(TagRow.key == key, TagRow.edge == "sparkplug").order_by(TagRow.tag_id)  # type: ignore[arg-type]
            rows = session.exec(query).all()
        return rows[-1] if rows else None

    def now(self, key: str) -> dict[str, Any]:
        row = self.tag(key)
        return self.platform.now(row.tag_id) if row is not None else {"v": None, "q": None, "fresh": None}

    def samples(self, key: str) -> list[tuple[int, int, Any, Any]]:
        row = self.tag(key)
        return sorted(self.store.samples(row.tag_id)) if row is not None else []

    def wait_value(self, key: str, value: Any, **given: Any) -> None:
        wait_until(lambda: self.now(key)["v"] == value, what=f"{key} = {value}: {self.now(key)}", **given)
