"""The agent as an edge node of Sparkplug B (Sparkplug 3.0): births, data, deaths, rebirth, primary host.

A life of this session is one MQTT connection: its will is the NDEATH with this connection's bdSeq. Nothing is sent
before the NBIRTH, and no NBIRTH before the primary host is there, where one is configured. What nobody can take
meanwhile waits in memory and is sent as historical after the next birth. It is a copy: the spool and the native wire
go on beside it, whatever happens here.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from edge_agent import __version__
from edge_agent.feeds.fed import Fed
from edge_agent.feeds.sparkplug_counter import next_bdseq
from edge_agent.feeds.sparkplug_device import SparkplugDevice
from edge_agent.feeds.waiting import Samples, Waiting
from edge_agent.publish.mqtt import MqttConnection, new_connection_id
from schemas.errors import ConnectError, WireError
from schemas.models.agent import BrokerConfig, SparkplugConfig
from schemas.sparkplug.datatypes import DataType
from schemas.sparkplug.payload import Metric, decode_payload, encode_metric, encode_payload
from schemas.sparkplug.state import HostState
from schemas.sparkplug.topics import MessageType, SparkplugTopic, state_topic
from schemas.wire.columns import Columns

logger = logging.getLogger(__name__)

REBIRTH: Final = "Node Control/Rebirth"
BDSEQ: Final = "bdSeq"
#: How often devices are looked at that say nothing.
TICK_S: Final = 0.1
#: Metrics of one data message, about 60 KB.
METRICS_MAX: Final = 2000
#: Kept points sent in one go; live values come in between.
KEPT_AT_ONCE: Final = 5000
#: What was sent in this time before a connection broke, or before the host was seen to be gone, may not have arrived:
#: a broker notices after 1.5 × keep-alive, which is often 30 s.
UNCERTAIN_S: Final = 60.0
REBIRTH_PAUSE_S: Final = 0.5
#: The default broker's largest message.
LARGE_BYTES: Final = 1 << 20


class SparkplugNode:
    """A session of the supervisor, and a feed: `take` is given all samples."""

    def __init__(
        self, config: SparkplugConfig, broker: BrokerConfig, base: Path, *, node: str, counter: Path,
        devices: Sequence[Fed], alias_of: Mapping[str, int],
    ) -> None:  # fmt: skip
        self._config, self._broker, self._base, self._counter = config, broker, base, counter
        self._node = node
        self._devices = {device.conn.id: SparkplugDevice(device, alias_of) for device in devices}
        self._kept = Waiting(config.keep_points_max)
        self._live: list[Samples] = []
        self._sent: deque[tuple[float, Samples]] = deque()
        self._sent_points = 0
        self._mqtt: MqttConnection | None = None
        self._bdseq = self._seq = 0
        self._is_born = False
        self._alive: set[str] = set()
        self._host_ms: int | None = None
        self._has_host = False
        self._rebirth_at = 0.0
        self._wants_rebirth = False
        self._is_due = False
        self._ended = asyncio.Event()

    @property
    def name(self) -> str:
        """For the log."""
        return f"Sparkplug node {self._config.group}/{self._node}"

    def figures(self) -> Iterator[tuple[str, str, str, float]]:
        """For /metrics."""
        yield "sparkplug_born", "gauge", "1 while the Sparkplug node is born.", int(self._is_born)
        yield "sparkplug_kept_points", "gauge", "Points that wait for a Sparkplug host.", self._kept.points
        yield (
            "sparkplug_dropped_points_total", "counter",
            "Points no Sparkplug host took in time; the platform has them by the native wire.", self._kept.dropped,
        )  # fmt: skip

    # -- samples ----------------------------------------------------------------------------

    def take(self, conn: str, groups: Sequence[Columns]) -> None:
        """Samples of a connection: sent at once where its device is born, otherwise kept."""
        if conn not in self._devices:
            return
        samples = Samples.of(conn, groups)
        if conn not in self._alive:
            self._kept.put(samples)
            return
        self._live.append(samples)
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._step)

    def follow(self, devices: Sequence[Fed], alias_of: Mapping[str, int]) -> None:
        """Other devices, or other tags of one: it dies, and is born with its metrics once it is read."""
        if self._is_born:
            self._send_live()
        before, self._devices = self._devices, {}
        for device in devices:
            known = before.get(device.conn.id)
            is_same = known is not None and known.is_of(device)
            self._devices[device.conn.id] = known if known and is_same else SparkplugDevice(device, alias_of)
        for name in [name for name in self._alive if self._devices.get(name) is not before[name]]:
            if self._mqtt is not None and self._is_born:
                self._publish("DDEATH", (), name)
            self._alive.discard(name)

    # -- life of a connection ---------------------------------------------------------------

    async def run(self, up: Callable[[], None]) -> None:
        """One connection, until it breaks or the primary host goes. Raises ConnectError, AuthError, ConfigError."""
        self._bdseq = next_bdseq(self._counter)
        self._has_host, self._host_ms = self._config.primary_host is None, None
        self._wants_rebirth = False
        self._ended = asyncio.Event()
        mqtt = MqttConnection(self._broker, self._base, conn_id=new_connection_id(), on_message=self._received)
        mqtt.will(str(self._topic("NDEATH")), self._death(), qos=1, retain=False)
        try:
            await mqtt.open(self._subscriptions(), qos=1)
            self._mqtt = mqtt
            up()
            await self._keep(mqtt)
            if mqtt.lost.is_set():
                self._unsure()
                raise ConnectError("mqtt.lost", f"the connection to broker {mqtt.address} is lost")
        finally:
            self._end_session(mqtt)
            await mqtt.close()

    async def _keep(self, mqtt: MqttConnection) -> None:
        ends = [asyncio.create_task(mqtt.lost.wait()), asyncio.create_task(self._ended.wait())]
        try:
            while not any(end.done() for end in ends):
                self._step()
                await asyncio.wait(ends, timeout=TICK_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for end in ends:
                end.cancel()

    def lost(self, error: Exception) -> None:
        """Nothing to mark: hosts are told by the will."""

    def _end_session(self, mqtt: MqttConnection) -> None:
        """Says goodbye where somebody was told of us (§5.5); what was not sent yet is kept."""
        if self._is_born and not mqtt.lost.is_set():
            self._send_live()
            mqtt.publish(str(self._topic("NDEATH")), self._death(), qos=1)
        self._mqtt, self._is_born = None, False
        self._alive.clear()
        self._kept.put_back(self._live)
        self._live = []

    def _unsure(self) -> None:
        """What was sent last may not have arrived: it is sent again, as historical. Twice does no harm."""
        since = time.monotonic() - UNCERTAIN_S
        self._kept.put_back([samples for at, samples in self._sent if at >= since])
        self._sent.clear()
        self._sent_points = 0

    # -- what comes in ----------------------------------------------------------------------

    def _subscriptions(self) -> list[str]:
        group, node, host = self._config.group, self._node, self._config.primary_host
        own = [str(SparkplugTopic(group, "NCMD", node)), str(SparkplugTopic(group, "DCMD", node, "+"))]
        return own if host is None else [*own, state_topic(host)]

    def _received(self, topic: str, payload: bytes) -> None:
        host = self._config.primary_host
        try:
            if host is not None and topic == state_topic(host):
                self._host_state(HostState.unpack(payload))
            elif topic == str(self._topic("NCMD")):
                for metric in decode_payload(payload).metrics:
                    self._command(metric)
            else:
                logger.warning("A command on %s is not done: by Sparkplug this agent is read alone.", topic[:200])
        except WireError as error:
            logger.warning("A message on %s cannot be read: %s", topic[:200], error)

    def _host_state(self, state: HostState) -> None:
        if self._host_ms is not None and state.ts_ms < self._host_ms:
            return  # the will of an earlier connection of the host, late
        self._host_ms = state.ts_ms
        if state.online and not self._has_host:
            logger.info("The Sparkplug host %s is there.", self._config.primary_host)
            self._has_host = True
            self._step()
        elif not state.online and self._has_host:
            logger.warning("The Sparkplug host %s is gone: values are kept.", self._config.primary_host)
            self._has_host = False
            self._unsure()
            self._ended.set()  # NDEATH, a new connection and bdSeq, then waiting (§5.4)

    def _command(self, metric: Metric) -> None:
        if metric.name == REBIRTH and metric.value(DataType.BOOLEAN) is True:
            self._wants_rebirth = True
            self._step()
        elif metric.name != REBIRTH:
            logger.warning("The command %r is not known.", metric.name[:80])

    # -- what goes out ----------------------------------------------------------------------

    def _step(self) -> None:
        """Births first, then live values, then deaths, then what was kept."""
        self._is_due = False
        if self._mqtt is None or not self._has_host or self._ended.is_set():
            return
        self._send_live()
        if self._wants_rebirth and time.monotonic() >= self._rebirth_at:
            self._unsure()  # who asks for a rebirth has missed something
            self._is_born = False
        if not self._is_born:
            self._birth()
        for device in self._devices.values():
            if device.up and device.id not in self._alive:
                self._publish("DBIRTH", device.birth(_now_ms()), device.id)
                self._alive.add(device.id)
            elif not device.up and device.id in self._alive:
                self._publish("DDEATH", (), device.id)
                self._alive.discard(device.id)
        self._send_kept()

    def _birth(self) -> None:
        self._seq, self._is_born, self._wants_rebirth = 0, True, False
        self._rebirth_at = time.monotonic() + REBIRTH_PAUSE_S
        self._alive.clear()
        now_ms = _now_ms()
        metrics = [
            encode_metric(self._bdseq, DataType.INT64, ts_ms=now_ms, name=BDSEQ, declare=True),
            encode_metric(False, DataType.BOOLEAN, ts_ms=now_ms, name=REBIRTH, declare=True),
            encode_metric(
                f"Interlock edge agent {__version__}", DataType.STRING, ts_ms=now_ms, name="Properties/Software",
                declare=True,
            ),
        ]  # fmt: skip
        self._publish("NBIRTH", metrics)

    def _send_live(self) -> None:
        live, self._live = self._live, []
        now = time.monotonic()
        for samples in live:
            if samples.conn not in self._alive:
                self._kept.put(samples)
                continue
            self._send(samples, historical=False)
            self._remember(samples)
        while self._sent and (self._sent[0][0] < now - UNCERTAIN_S or self._sent_points > self._config.keep_points_max):
            self._sent_points -= self._sent.popleft()[1].points

    def _remember(self, samples: Samples) -> None:
        self._sent.append((time.monotonic(), samples))
        self._sent_points += samples.points

    def _send_kept(self) -> None:
        kept = self._kept.take(self._alive.__contains__, KEPT_AT_ONCE)
        for samples in kept:
            self._send(samples, historical=True)
            self._remember(samples)
        if kept and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_soon(self._step)

    def _send(self, samples: Samples, *, historical: bool) -> None:
        metrics = list(self._devices[samples.conn].data(samples.groups, historical=historical))
        for first in range(0, len(metrics), METRICS_MAX):
            self._publish("DDATA", metrics[first : first + METRICS_MAX], samples.conn)

    def _publish(self, kind: MessageType, metrics: Iterable[bytes], device: str = "") -> None:
        assert self._mqtt is not None
        payload = encode_payload(_now_ms(), self._seq, metrics)
        if len(payload) > LARGE_BYTES:
            logger.warning("A %s of %d bytes: a broker may refuse it.", self._topic(kind, device), len(payload))
        self._mqtt.publish(str(self._topic(kind, device)), payload)
        self._seq = (self._seq + 1) % 256

    def _death(self) -> bytes:
        """The bdSeq alone, without a sequence number (§6.4.20)."""
        now_ms = _now_ms()
        bdseq = encode_metric(self._bdseq, DataType.INT64, ts_ms=now_ms, name=BDSEQ, declare=True)
        return encode_payload(now_ms, None, [bdseq])

    def _topic(self, kind: MessageType, device: str = "") -> SparkplugTopic:
        return SparkplugTopic(self._config.group, kind, self._node, device)


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
