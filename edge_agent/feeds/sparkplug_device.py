"""A connection, or the calculated tags, as a device of a Sparkplug node: metrics in a birth, samples as data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from edge_agent.feeds.fed import Fed, tags_of
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality, to_sparkplug
from schemas.sparkplug.datatypes import TYPE_OF, DataType, Value, encode_value
from schemas.sparkplug.fields import number
from schemas.sparkplug.payload import GOOD, INT_VALUE_OF_METRIC, QUALITY, STALE, encode_metric
from schemas.wire.columns import Columns

_NOT_READ_YET: Final = int(Quality.WAITING)


def datatype_of(tag: TagConfig) -> DataType:
    """As it is in the device; what is scaled is a double, a bit is a boolean."""
    if tag.kind == "b":
        return DataType.BOOLEAN
    if tag.kind == "f":
        is_raw = tag.type == "float32" and (tag.scale, tag.offset, tag.scale_from) == (None, None, None)
        return DataType.FLOAT if is_raw else DataType.DOUBLE
    return TYPE_OF[tag.type]


@dataclass(slots=True)
class _Metric:
    name: str
    alias: int
    datatype: DataType
    about: dict[str, tuple[DataType, Value]]
    prefix: bytes


class SparkplugDevice:
    """Metrics carry the alias that the agent's own stream has for the tag: unique in the node, and lasting."""

    def __init__(self, device: Fed, alias_of: Mapping[str, int]) -> None:
        self._device = device
        conn = device.conn
        self._metrics = [_metric(conn, tag, alias_of) for tag in tags_of(device)]
        self._by_alias = {metric.alias: metric for metric in self._metrics}
        #: Metrics whose quality the host has been told to be other than good.
        self._told_bad: set[int] = set()

    def is_of(self, device: Fed) -> bool:
        """Whether it tells of this very connection, with the tags it has now."""
        return self._device is device

    @property
    def id(self) -> str:
        """Device ID in topics."""
        return self._device.conn.id

    @property
    def up(self) -> bool:
        """Whether the device is read now."""
        return self._device.up

    def birth(self, now_ms: int) -> Iterator[bytes]:
        """Every metric with its name, alias, type, current value and properties."""
        current: dict[int, tuple[int, int, Any]] = {}
        for group in self._device.current():
            rows = zip(group.id.tolist(), group.ts.tolist(), group.q.tolist(), group.v.tolist(), strict=True)
            current.update((alias, (ts, q, v)) for alias, ts, q, v in rows)
        self._told_bad.clear()
        for metric in self._metrics:
            ts, q, v = current.get(metric.alias, (now_ms * 1000, _NOT_READ_YET, None))
            quality = STALE if q == _NOT_READ_YET else to_sparkplug(q)
            if quality != GOOD:
                self._told_bad.add(metric.alias)
            yield encode_metric(
                None if q >= BAD_FROM else v, metric.datatype, ts_ms=ts // 1000, name=metric.name, alias=metric.alias,
                declare=True, properties={QUALITY: (DataType.INT32, quality), **metric.about},
            )  # fmt: skip

    def data(self, groups: Sequence[Columns], *, historical: bool) -> Iterator[bytes]:
        """Samples as metrics: alias, time, value. Quality is told where it is not good, and once when it is again."""
        told = self._told_bad
        flag = number(5, 1) if historical else b""
        at_ms, at = -1, b""
        for group in groups:
            for alias, ts, q, v in zip(
                group.id.tolist(), group.ts.tolist(), group.q.tolist(), group.v.tolist(), strict=True
            ):
                metric = self._by_alias.get(alias)
                if metric is None:
                    continue
                datatype = metric.datatype
                if q < BAD_FROM and alias not in told:
                    # What most samples are, at a third of the price: the alias is encoded once, a time once a read.
                    if ts // 1000 != at_ms:
                        at_ms = ts // 1000
                        at = number(3, at_ms) + flag
                    yield metric.prefix + at + encode_value(INT_VALUE_OF_METRIC, datatype, v)
                    continue
                yield flag + encode_metric(
                    None if q >= BAD_FROM else v, datatype, ts_ms=ts // 1000, alias=alias,
                    properties={QUALITY: (DataType.INT32, to_sparkplug(q))},
                )  # fmt: skip
                if not historical:
                    (told.add if q >= BAD_FROM else told.discard)(alias)


def _metric(conn: ConnectionConfig, tag: TagConfig, alias_of: Mapping[str, int]) -> _Metric:
    about: dict[str, tuple[DataType, Value]] = {}
    if tag.unit:
        about["engUnit"] = (DataType.STRING, tag.unit)
    if tag.description:
        about["Documentation"] = (DataType.STRING, tag.description)
    if tag.span is not None:
        about["engLow"], about["engHigh"] = (DataType.DOUBLE, tag.span[0]), (DataType.DOUBLE, tag.span[1])
    alias = alias_of[f"{conn.id}/{tag.name}"]
    return _Metric(tag.name, alias, datatype_of(tag), about, number(2, alias))
