"""Each tag as the agent knows it: last reported value, quality, age, what is wrong with it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from edge_agent.device import Device
from edge_agent.prometheus import Metric, Sample
from schemas.quality import BAD_FROM, Quality, label

#: Tags that become metrics, each a time series of its own in whatever scrapes them.
TAGS_MAX: Final = 1000


@dataclass(frozen=True, slots=True)
class TagState:
    """`value` is None while it is bad or none came; `read_age_s` says how long ago its group was read whole, None
    before the first time."""

    connection: str
    tag: str
    address: str
    value: float | int | bool | str | None
    quality: int
    ts: int
    read_age_s: float | None
    error: str


def tag_states(devices: Sequence[Device], connection: str | None = None) -> Iterator[TagState]:
    """The tags of all connections, or of one."""
    now = time.time_ns() // 1000
    for device in devices:
        if connection is None or device.conn.id == connection:
            yield from _of_device(device, now)


def _of_device(device: Device, now: int) -> Iterator[TagState]:
    for scan, read_at, plan in device.progress():
        last: dict[int, tuple[Any, int, int]] = {}
        for group in scan.reporter.current():
            rows = zip(group.id.tolist(), group.v.tolist(), group.q.tolist(), group.ts.tolist(), strict=True)
            last |= {index: (v, q, ts) for index, v, q, ts in rows}
        wrong = {problem.index: problem.message for problem in plan.problems} if plan is not None else {}
        age_s = (now - read_at) / 1e6 if read_at else None
        for index, tag in enumerate(scan.tags):
            value, quality, ts = last.get(index, (None, int(Quality.WAITING), 0))
            error = wrong.get(index, "")
            if not error and quality >= BAD_FROM:
                error = device.error if not device.up and device.error else label(quality)
            known = None if quality >= BAD_FROM else value
            yield TagState(device.conn.id, tag.name, tag.address, known, quality, ts, age_s, error)


def tag_metrics(devices: Sequence[Device]) -> Iterator[Metric]:
    """Value, quality and age of the first `TAGS_MAX` tags; texts have no value here."""
    states = list(islice(tag_states(devices), TAGS_MAX))
    rows = [({"connection": state.connection, "tag": state.tag}, state) for state in states]
    values: list[Sample] = [(n, float(s.value)) for n, s in rows if isinstance(s.value, bool | int | float)]
    yield "tag_value", "gauge", "Last reported value, while it is not bad.", values
    yield "tag_quality", "gauge", "Quality code of the last sample.", [(n, s.quality) for n, s in rows]
    yield (
        "tag_read_age_seconds", "gauge", "Since the tag was last read.",
        [(n, s.read_age_s) for n, s in rows if s.read_age_s is not None],
    )  # fmt: skip
    whole = sum(len(scan.tags) for device in devices for scan in device.scans)
    yield "tags_left_out", "gauge", "Tags beyond the limit of these metrics.", [({}, max(0, whole - TAGS_MAX))]
