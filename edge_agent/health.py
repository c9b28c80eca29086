"""What the agent says about itself: the heartbeat for the platform, the metrics for anybody near."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from edge_agent import __version__
from edge_agent.buffer.forecast import UNKNOWN
from edge_agent.buffer.writer import SpoolWriter
from edge_agent.calculated.engine import Calculator
from edge_agent.commands.desk import CommandDesk
from edge_agent.device import Device
from edge_agent.diagnostics.line_figures import line_figures, line_metrics
from edge_agent.diagnostics.tags import tag_metrics
from edge_agent.prometheus import Metric, Sample, render, single
from edge_agent.publish.uplink import Uplink
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, SpoolBeat


class Health:
    """Reads the figures of the parts; keeps none of its own."""

    def __init__(self, writer: SpoolWriter, devices: Sequence[Device], *, with_tags: bool = False) -> None:
        self._writer = writer
        self._devices = devices
        self.with_tags = with_tags
        self.calculator: Calculator | None = None
        self._started = time.time()
        self.uplink: Uplink | None = None
        self.desk: CommandDesk | None = None
        #: Figures of further outputs: name, kind, what it is, value.
        self.feeds: tuple[Callable[[], Iterator[tuple[str, str, str, float]]], ...] = ()

    def heartbeat(self, conn_id: str, stream: UUID, boot: int) -> Heartbeat:
        """The heartbeat of this second."""
        figures = self._writer.figures
        counters = figures.counters
        return Heartbeat(
            conn_id=conn_id, stream=stream, boot=boot, now=time.time_ns() // 1000,
            mono=time.monotonic_ns() // 1000, connections=self._beats(),
            spool=SpoolBeat(
                accepted=counters.accepted, acked=counters.acked, pending=counters.pending,
                dropped=counters.dropped, dead=counters.dead, bytes=counters.pending_bytes,
                disk_free=figures.disk_free, oldest=figures.oldest_pending if counters.pending else 0,
                room_s=figures.room_s,
            ),
        )  # fmt: skip

    def _beats(self) -> list[ConnectionBeat]:
        beats = [device.beat() for device in self._devices]
        return [*beats, self.calculator.beat()] if self.calculator else beats

    def metrics(self) -> str:
        """All metrics as Prometheus text (exposition format 0.0.4)."""
        own = (self._spool(), self._link(), self._connections(), self._commands(), self._feeds())
        tags = tag_metrics(self._devices) if self.with_tags else ()
        return render(itertools.chain(*own, line_metrics(self._devices), tags))

    def status(self) -> dict[str, Any]:
        """The agent in a few figures, for people and programs on the machine."""
        uplink, figures = self.uplink, self._writer.figures
        beat = asdict(self.heartbeat("", UUID(int=0), 0))
        return {
            "version": __version__,
            "uptime_s": round(time.time() - self._started, 1),
            "broker_connected": uplink is not None and uplink.connected,
            "platform_ready": uplink is not None and uplink.outbox.ready,
            "spool_failing": str(figures.failing or ""),
            "stream": str(self._writer.spool.stream),
            "spool": {**beat["spool"], "dropped_by_priority": dict(figures.dropped_by)},
            "dead_letters": [letter._asdict() for letter in figures.dead_letters],
            "connections": [
                {**connection, **line_figures(device.tap)}
                for connection, device in zip(beat["connections"], self._devices, strict=False)
            ],
        }

    def way(self) -> dict[str, Any]:
        """The way to the platform, in a word."""
        uplink = self.uplink
        waiting = self._writer.figures.counters.pending
        return {"connected": uplink is not None and uplink.outbox.ready, "waiting": waiting}

    def _feeds(self) -> Iterator[Metric]:
        for figures in self.feeds:
            for name, kind, text, value in figures():
                yield single(name, kind, text, value)

    def _spool(self) -> Iterator[Metric]:
        figures = self._writer.figures
        c = figures.counters
        yield single("info", "gauge", "Version of the agent.", 1, {"version": __version__})
        yield single("start_time_seconds", "gauge", "When the agent started, Unix time.", self._started)
        yield single("accepted_points_total", "counter", "Points committed to the spool.", c.accepted)
        yield single("acked_points_total", "counter", "Points the platform has made durable.", c.acked)
        yield single("dropped_points_total", "counter", "Accepted points pushed out of a full spool.", c.dropped)
        by_priority: list[Sample] = [({"priority": name}, float(n)) for name, n in figures.dropped_by.items()]
        yield "dropped_by_priority_points_total", "counter", "The same by the priority of their tags.", by_priority
        yield single("dead_points_total", "counter", "Points the platform could not read.", c.dead)
        yield single("dead_letters", "gauge", "Refused batches kept to be looked at.", len(figures.dead_letters))
        yield single("pending_points", "gauge", "Accepted points waiting for an ack.", c.pending)
        yield single("pending_batches", "gauge", "Batches waiting for an ack.", c.pending_batches)
        yield single("pending_bytes", "gauge", "Bytes waiting for an ack.", c.pending_bytes)
        yield single(
            "refused_points_total", "counter", "Points read while neither disk nor memory had room.",
            figures.refused_points,
        )  # fmt: skip
        yield single(
            "identity_errors_total", "counter",
            "Audits in which accepted was not acked + pending + dropped + dead.", figures.identity_errors,
        )  # fmt: skip
        yield single("spool_bytes", "gauge", "Bytes the spool holds on disk.", figures.used_bytes)
        yield single("spool_failing", "gauge", "1 while the spool cannot be written.", int(bool(figures.failing)))
        yield single("disk_free_bytes", "gauge", "Free disk beside the spool.", figures.disk_free)
        yield single("commits_total", "counter", "Transactions of the spool.", figures.commits)
        yield single("commit_seconds_total", "counter", "Time spent in them.", figures.commit_seconds)
        yield single("commit_seconds_max", "gauge", "The slowest of them.", figures.commit_seconds_max)
        if figures.room_s != UNKNOWN:
            yield single(
                "spool_room_seconds", "gauge", "Time until data is dropped if nothing is acked, at the present rate.",
                figures.room_s,
            )  # fmt: skip
        oldest = figures.oldest_pending if c.pending else 0
        age = time.time() - oldest / 1e6 if oldest else 0.0
        yield single("oldest_pending_seconds", "gauge", "Age of the oldest waiting point.", age)

    def _link(self) -> Iterator[Metric]:
        uplink = self.uplink
        if uplink is None:
            return
        outbox = uplink.outbox
        yield single("broker_connected", "gauge", "1 while connected to the broker.", int(uplink.connected))
        yield single("platform_ready", "gauge", "1 while the platform takes batches.", int(outbox.ready))
        yield single("broker_connects_total", "counter", "Connections made.", uplink.connects)
        yield single("sent_batches_total", "counter", "Batches sent.", outbox.sent)
        yield single("resent_batches_total", "counter", "Batches sent again for want of an ack.", outbox.resent)
        yield single("in_flight_batches", "gauge", "Batches sent and not acked.", len(outbox.in_flight))
        yield single(
            "platform_offset_seconds", "gauge", "The platform's clock minus ours.",
            uplink.platform_offset_us / 1e6,
        )  # fmt: skip

    def _commands(self) -> Iterator[Metric]:
        if self.desk is None:
            return
        figures = self.desk.figures
        ends = [("done", figures.done), ("refused", figures.refused), ("unknown", figures.unknown)]
        samples: list[Sample] = [({"outcome": name}, float(count)) for name, count in ends]
        yield "commands_total", "counter", "Commands from the platform, by how they ended.", samples
        yield single("commands_unreadable_total", "counter", "Commands that were no commands.", figures.unreadable)

    def _connections(self) -> Iterator[Metric]:
        rows = [({"connection": device.conn.id, "driver": device.conn.driver}, device) for device in self._devices]
        yield "connection_up", "gauge", "1 while the link stands.", [(n, int(d.up)) for n, d in rows]
        yield (
            "connection_failures_total", "counter", "Lives of the link that ended.",
            [(n, d.failures) for n, d in rows],
        )  # fmt: skip
        yield "reads_total", "counter", "Scan cycles read.", [(n, d.reads) for n, d in rows]
        yield "read_values_total", "counter", "Values read.", [(n, d.points_read) for n, d in rows]
        yield "read_seconds_total", "counter", "Time spent reading.", [(n, d.read_seconds) for n, d in rows]
        beats = [(n, d.beat()) for n, d in rows]
        yield "tags_bad", "gauge", "Tags whose last sample is bad.", [(n, b.bad_tags) for n, b in beats]
        scans = [({**n, "scan_ms": str(s.ms)}, s) for n, b in beats for s in b.scans]
        yield "scan_overruns_total", "counter", "Reads skipped: one took too long.", [(n, s.overruns) for n, s in scans]
        yield (
            "last_read_timestamp_seconds", "gauge", "Last complete read, Unix time.",
            [(n, s.last / 1e6) for n, s in scans],
        )  # fmt: skip
