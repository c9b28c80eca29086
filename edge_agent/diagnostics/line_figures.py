"""Figures of the connections' lines, as metrics and as a plain document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from connectors.diagnostics.tap import OTHER, QUANTILES, Tap
from edge_agent.device import Device
from edge_agent.prometheus import Metric, Sample

#: Exceptions by address that become metrics: of one connection, and of all (a label each, so few of them).
ADDRESSES_MAX: Final = 20
ADDRESSES_OF_ALL_MAX: Final = 1000


def line_metrics(devices: Sequence[Device]) -> Iterator[Metric]:
    """Requests, round trips, exceptions and use of each connection's line."""
    rows = [({"connection": device.conn.id, "driver": device.conn.driver}, device.tap) for device in devices]
    yield "requests_total", "counter", "Requests sent to the device.", [(n, line.requests) for n, line in rows]
    yield (
        "request_timeouts_total", "counter", "Requests to which no answer came in time.",
        [(n, line.timeouts) for n, line in rows],
    )  # fmt: skip
    yield (
        "request_breaks_total", "counter", "Requests during which the link ended.",
        [(n, line.breaks) for n, line in rows],
    )  # fmt: skip
    yield (
        "request_duration_seconds", "summary",
        "From request to answer; quantiles of the last five to ten minutes.",
        [sample for n, line in rows for sample in _summary(n, line)],
    )  # fmt: skip
    yield (
        "line_busy_seconds_total", "counter", "Time in which an answer was waited for.",
        [(n, line.busy_s) for n, line in rows],
    )  # fmt: skip
    yield (
        "line_utilisation_ratio", "gauge", "Share of the last minute in which an answer was waited for.",
        [(n, line.utilisation()) for n, line in rows],
    )  # fmt: skip
    yield (
        "exceptions_total", "counter", "Answers that were exceptions, by the protocol's code.",
        [({**n, "code": code}, count) for n, line in rows for code, count in sorted(line.codes.items())],
    )  # fmt: skip
    yield "exceptions_by_address_total", "counter", "The same by address, the most frequent only.", _by_address(rows)
    yield (
        "frames_kept_bytes", "gauge", "Memory taken by the last frames.",
        [(n, line.ring.bytes_used) for n, line in rows if line.ring is not None],
    )  # fmt: skip


def _summary(labels: dict[str, str], line: Tap) -> Iterator[Sample]:
    for share, seconds in zip(QUANTILES, line.rtt_s(), strict=False):
        yield {**labels, "quantile": f"{share:g}"}, seconds
    yield labels, line.rtt.total_s, "_sum"
    yield labels, line.rtt.count, "_count"


def _by_address(rows: Sequence[tuple[dict[str, str], Tap]]) -> list[Sample]:
    out: list[Sample] = []
    for labels, line in rows:
        named = [(place, count) for place, count in line.places.most_common() if place[1] != OTHER]
        for (code, address), count in named[:ADDRESSES_MAX]:
            out.append(({**labels, "code": code, "address": address}, count))
    return out[:ADDRESSES_OF_ALL_MAX]


def line_figures(line: Tap) -> dict[str, Any]:
    """The same of one line, for people."""
    quantiles = dict(zip(("p50", "p95", "p99"), line.rtt_s(), strict=False))
    return {
        "requests": line.requests,
        "timeouts": line.timeouts,
        "breaks": line.breaks,
        "rtt_ms": {name: round(seconds * 1000, 3) for name, seconds in quantiles.items()},
        "utilisation": round(line.utilisation(), 4),
        "exceptions": dict(line.codes),
        "exceptions_by_address": [
            {"code": code, "address": address, "count": count}
            for (code, address), count in line.places.most_common(ADDRESSES_MAX)
        ],
    }
