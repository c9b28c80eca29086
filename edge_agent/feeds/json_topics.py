"""Plain JSON for whoever reads MQTT without a library: the latest value of each tag, retained, on
`prefix/site/connection/tag`, as `{"v": …, "q": …, "ts": …, "unit": …}` (schemas/models/json_topic.py). On `prefix/site`
stands whether the agent is connected: `{"online": true, "ts": …}`, turned to false by its will.

Latest values, not a record: what changes while there is no broker is told as it is when there is one again.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from edge_agent.feeds.fed import Fed, tags_of
from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from schemas.errors import ConnectError
from schemas.models.agent import BrokerConfig, JsonTopicsConfig
from schemas.quality import BAD_FROM
from schemas.wire.columns import Columns

#: Beyond this an integer does not pass through a JavaScript number unchanged: it is text.
INTEGER_MAX: Final = 2**53
_NO_VALUE: Final = 129


class JsonTopics:
    """A session of the supervisor, and a feed."""

    def __init__(
        self, config: JsonTopicsConfig, broker: BrokerConfig, base: Path, *, site: str, devices: Sequence[Fed],
        alias_of: Mapping[str, int],
    ) -> None:  # fmt: skip
        self._broker, self._base, self._devices = broker, base, devices
        self._root = f"{config.prefix}/{site}"
        self._place = self._places(devices, alias_of)
        #: Topics of tags that are gone, still to be taken off the broker.
        self._gone: set[str] = set()
        self._mqtt: MqttConnection | None = None

    def _places(self, devices: Sequence[Fed], alias_of: Mapping[str, int]) -> dict[int, tuple[str, str, str]]:
        """Topic, unit and kind of each tag, by its alias."""
        return {
            alias_of[f"{device.conn.id}/{tag.name}"]: (f"{self._root}/{device.conn.id}/{tag.name}", tag.unit, tag.kind)
            for device in devices
            for tag in tags_of(device)
        }

    def follow(self, devices: Sequence[Fed], alias_of: Mapping[str, int]) -> None:
        """Other tags: topics of those that are gone are taken off the broker."""
        before, self._devices = self._place, devices
        self._place = self._places(devices, alias_of)
        left = {topic for topic, _, _ in self._place.values()}
        self._gone = (self._gone | {topic for topic, _, _ in before.values()}) - left
        if self._mqtt is not None:
            self._take_off(self._mqtt)

    def _take_off(self, mqtt: MqttConnection) -> None:
        for topic in self._gone:
            mqtt.publish(topic, b"", retain=True)
        self._gone = set()

    @property
    def name(self) -> str:
        """For the log."""
        return f"JSON topics {self._root}"

    def figures(self) -> Iterator[tuple[str, str, str, float]]:
        """For /metrics."""
        yield "json_topics_connected", "gauge", "1 while JSON topics have a broker.", int(self._mqtt is not None)

    def take(self, conn: str, groups: Sequence[Columns]) -> None:
        """Samples of a connection: published at once, or not at all while there is no broker."""
        if self._mqtt is not None:
            self._tell(self._mqtt, groups)

    async def run(self, up: Callable[[], None]) -> None:
        """One connection, until it breaks. Raises ConnectError, AuthError, ConfigError."""
        mqtt = MqttConnection(
            self._broker, self._base, conn_id=new_connection_id(), on_message=lambda _topic, _payload: None
        )  # fmt: skip
        mqtt.will(self._root, _presence(online=False))
        try:
            await mqtt.open([])
            self._mqtt = mqtt
            up()
            mqtt.publish(self._root, _presence(online=True), retain=True)
            self._take_off(mqtt)
            for device in self._devices:
                self._tell(mqtt, device.current())
            await mqtt.lost.wait()
            raise ConnectError("mqtt.lost", f"the connection to broker {mqtt.address} is lost")
        finally:
            if self._mqtt is not None and not mqtt.lost.is_set():
                self._leave(mqtt)
            self._mqtt = None
            await mqtt.close()

    def lost(self, error: Exception) -> None:
        """Nothing to mark: the next connection tells all values again."""

    def _leave(self, mqtt: MqttConnection) -> None:
        """Nobody reads these values from now on: what stays on the broker must not look alive."""
        now = time.time_ns() // 1000
        for topic, unit, _ in self._place.values():
            mqtt.publish(topic, _text(None, _NO_VALUE, now, unit), retain=True)
        mqtt.publish(self._root, _presence(online=False), retain=True)

    def _tell(self, mqtt: MqttConnection, groups: Sequence[Columns]) -> None:
        for group in groups:
            rows = zip(group.id.tolist(), group.ts.tolist(), group.q.tolist(), group.v.tolist(), strict=True)
            for alias, ts, q, v in rows:
                place = self._place.get(alias)
                if place is not None:
                    topic, unit, kind = place
                    mqtt.publish(topic, _text(_shown(v, q, kind), q, ts, unit), retain=True)


def _presence(*, online: bool) -> bytes:
    return json.dumps({"online": online, "ts": time.time_ns() // 1000}).encode()


def _shown(value: Any, q: int, kind: str) -> Any:
    if q >= BAD_FROM:
        return None
    if kind == "b":
        return bool(value)
    return str(value) if kind in "iu" and abs(value) > INTEGER_MAX else value


def _text(value: Any, q: int, ts: int, unit: str) -> bytes:
    return json.dumps({"v": value, "q": q, "ts": ts, "unit": unit}, ensure_ascii=False, allow_nan=False).encode()
