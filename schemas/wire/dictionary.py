"""The dictionary of a stream: alias → tag, sent as records of the stream itself.

So that a backlog always meets the dictionary it was made with. An alias is given out once per
stream and never reused; a later record for the same alias updates its metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from schemas.errors import WireError
from schemas.wire.kinds import KINDS, Kind

ALIAS_MAX = 2**32 - 1
KEY_LENGTH_MAX = 200
_OF_ASSET = (
    "asset_name",
    "asset_type",
    "asset_parent",
    "asset_parent_name",
    "asset_name_i18n",
    "asset_parent_name_i18n",
)
_NAMES_MAX = 16


@dataclass(frozen=True, slots=True)
class TagEntry:
    """A tag as its stream declares it.

    `key` is `connection/name`; `meta` is a `TagMeta` as plain data; `scan_ms` its scan class;
    `asset` and `role` are suggestions, "" for none; `asset_name`, `asset_type` and `asset_parent` (a
    line, with `asset_parent_name`; both names also by language) say what an asset is that is not there
    yet; `retired` says it is no longer read.
    """

    alias: int
    uuid: UUID
    key: str
    kind: Kind
    driver: str = ""
    address: str = ""
    scan_ms: int = 1000
    asset: str = ""
    role: str = ""
    asset_name: str = ""
    asset_type: str = ""
    asset_parent: str = ""
    asset_parent_name: str = ""
    asset_name_i18n: Mapping[str, str] = field(default_factory=dict)
    asset_parent_name_i18n: Mapping[str, str] = field(default_factory=dict)
    retired: bool = False
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def connection(self) -> str:
        """The connection part of the key."""
        return self.key.partition("/")[0]

    @property
    def name(self) -> str:
        """The name part of the key."""
        return self.key.partition("/")[2]

    def to_record(self) -> dict[str, Any]:
        """The record in a dictionary batch; what describes a new asset is in it only where it is given."""
        given = {name: value for name in _OF_ASSET if (value := getattr(self, name))}
        named: dict[str, Any] = {n: value if isinstance(value, str) else dict(value) for n, value in given.items()}
        return named | {
            "alias": self.alias,
            "uuid": self.uuid.bytes,
            "key": self.key,
            "kind": self.kind,
            "driver": self.driver,
            "address": self.address,
            "scan_ms": self.scan_ms,
            "asset": self.asset,
            "role": self.role,
            "retired": self.retired,
            "meta": dict(self.meta),
        }

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> TagEntry:
        """A tag from its record; unknown members are ignored; raises WireError."""
        try:
            entry = cls(
                alias=int(record["alias"]),
                uuid=UUID(bytes=record["uuid"]),
                key=str(record["key"]),
                kind=record["kind"],
                driver=str(record.get("driver", ""))[:40],
                address=str(record.get("address", ""))[:400],
                scan_ms=int(record.get("scan_ms", 1000)),
                asset=str(record.get("asset", ""))[:40],
                role=str(record.get("role", ""))[:40],
                asset_name=str(record.get("asset_name", ""))[:120],
                asset_type=str(record.get("asset_type", ""))[:40],
                asset_parent=str(record.get("asset_parent", ""))[:40],
                asset_parent_name=str(record.get("asset_parent_name", ""))[:120],
                asset_name_i18n=_names(record.get("asset_name_i18n", {})),
                asset_parent_name_i18n=_names(record.get("asset_parent_name_i18n", {})),
                retired=bool(record.get("retired", False)),
                meta=dict(record.get("meta", {})),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("wire.dictionary", f"A dictionary record is damaged: {error!r}.") from error
        if entry.kind not in KINDS or not 0 < entry.alias <= ALIAS_MAX:
            raise WireError("wire.dictionary", f"Alias {entry.alias} has no known kind.")
        if not entry.name or len(entry.key) > KEY_LENGTH_MAX:
            raise WireError("wire.dictionary", f"Alias {entry.alias} has no usable key.")
        return entry


def _names(given: object) -> dict[str, str]:
    """Names by language; what is none of it is left out, as a name is cut that is too long."""
    found = given.items() if isinstance(given, Mapping) else ()
    return {str(language)[:35]: str(name)[:120] for language, name in list(found)[:_NAMES_MAX] if name}
