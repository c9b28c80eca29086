"""Which number each metric has in the platform's own stream: given once, found again after a restart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from uuid import UUID

from platform_core.ingest.places import StreamTag
from platform_core.ingest.tag_rows import kind_uuid
from platform_core.sparkplug.names import Path, connection_of, key_of, uuid_of
from platform_core.sparkplug.samples import KnownMetric
from schemas.sparkplug.datatypes import DataType, Value
from schemas.sparkplug.payload import Metric
from schemas.wire.dictionary import TagEntry
from schemas.wire.kinds import Kind

TAGS_MAX: Final = 200_000
SCAN_MS: Final = 1000
DRIVER: Final = "sparkplug"
_UNIT_NAMES: Final = ("engunit", "engineeringunit", "engineering unit", "unit", "units")
_ABOUT_NAMES: Final = ("documentation", "description", "tooltip")


class TagBook:
    """Works in the host's thread alone."""

    def __init__(self, tenant: str, known: Iterable[StreamTag]) -> None:
        self._tenant = tenant
        self._numbers: dict[tuple[UUID, str], int] = {}
        self._declared: dict[int, str] = {}
        self._current: dict[UUID, int] = {}
        self._last = 0
        self.nodes: set[tuple[str, str]] = set()
        self.refused = 0
        for tag in known:
            self._numbers[(tag.uuid, tag.kind)] = tag.alias
            self._declared[tag.alias] = json.dumps(json.loads(tag.meta), sort_keys=True)
            self._last = max(self._last, tag.alias)
            parts = tag.address.split("/", 2)
            if len(parts) == 3:
                self.nodes.add((parts[0], parts[1]))

    def number(
        self, path: Path, metric: Metric, datatype: DataType, kind: Kind
    ) -> tuple[KnownMetric, TagEntry | None] | None:
        """The metric as a tag, and its declaration where it is new or means something else than before; None when
        there are too many tags."""
        uuid = uuid_of(self._tenant, path, metric.name)
        number = self._numbers.get((uuid, kind)) or self._numbers.get((kind_uuid(uuid, kind), kind))
        meta = _meta(metric.properties)
        text = json.dumps(meta, sort_keys=True)
        if number is None:
            if len(self._numbers) >= TAGS_MAX:
                self.refused += 1
                return None
            self._last += 1
            number = self._numbers[(uuid, kind)] = self._last
        elif self._declared.get(number) == text and self._current.setdefault(uuid, number) == number:
            return KnownMetric(number, datatype, kind), None
        self._declared[number], self._current[uuid] = text, number
        group, node, device = path
        entry = TagEntry(
            alias=number,
            uuid=uuid,
            key=key_of(connection_of(group, node, device), metric.name),
            kind=kind,
            driver=DRIVER,
            address=f"{group}/{node}/{device}:{metric.name}"[:400],
            scan_ms=SCAN_MS,
            meta=meta,
        )
        return KnownMetric(number, datatype, kind), entry


def _meta(properties: Mapping[str, Value]) -> dict[str, Any]:
    """Unit, description and span, from the names that gateways give them; the specification has none."""
    by_name = {name.casefold(): value for name, value in properties.items()}
    meta: dict[str, Any] = {}
    for names, member, length in ((_UNIT_NAMES, "unit", 40), (_ABOUT_NAMES, "description", 500)):
        text = next((by_name[name] for name in names if isinstance(by_name.get(name), str)), "")
        if isinstance(text, str) and text.strip():
            meta[member] = text.strip()[:length]
    low, high = by_name.get("englow"), by_name.get("enghigh")
    if isinstance(low, int | float) and isinstance(high, int | float) and float("-inf") < low < high < float("inf"):
        meta["span"] = [float(low), float(high)]
    return meta
