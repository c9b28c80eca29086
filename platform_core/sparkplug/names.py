"""From `group/node/device` and a metric's name to a connection and a tag key; and what is kept out."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from uuid import UUID, uuid5

#: The namespace of tag UUIDs: the same metric is the same tag on any platform, for ever.
_NAMESPACE: Final = UUID("6f0b6a0e-5a0a-5d5c-9d0b-5b8f3f0d7c11")
CONNECTION_MAX: Final = 70
KEY_MAX: Final = 160
_UNFIT: Final = re.compile(r"[+#\x00-\x1f\x7f]")
_CONTROL: Final = ("Node Control/", "Device Control/", "bdSeq")

Path = tuple[str, str, str]


def connection_of(group: str, node: str, device: str = "") -> str:
    """`group:node:device` (or `group:node`), with a hash where that would be too long or mean two things."""
    parts = [part for part in (group, node, device) if part]
    plain = ":".join(_UNFIT.sub("_", part.replace(":", "_").replace("/", "_")) for part in parts)
    if plain == ":".join(parts) and len(plain) <= CONNECTION_MAX and not any(":" in part for part in parts):
        return plain
    return _shortened(plain, "/".join(parts), CONNECTION_MAX)


def key_of(connection: str, metric: str) -> str:
    """The tag key `connection/metric`; a metric's own slashes are part of its name."""
    name = _UNFIT.sub("_", metric)
    room = KEY_MAX - len(connection) - 1
    return f"{connection}/{name if name == metric and len(name) <= room else _shortened(name, metric, room)}"


def uuid_of(tenant: str, path: Path, metric: str) -> UUID:
    """Identity of a metric."""
    return uuid5(_NAMESPACE, "\0".join((tenant, *path, metric)))


def is_control(metric: str) -> bool:
    """Whether a metric is a handle of the protocol rather than a value."""
    return metric.startswith(_CONTROL)


def _shortened(shown: str, exact: str, length: int) -> str:
    digest = hashlib.sha256(exact.encode()).hexdigest()[:8]
    return f"{shown[: length - 9]}~{digest}"
