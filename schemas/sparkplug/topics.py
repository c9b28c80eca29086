"""Topics of Sparkplug B: `spBv1.0/group/TYPE/node[/device]` and `spBv1.0/STATE/host` (Sparkplug 3.0 §4)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from schemas.errors import WireError

NAMESPACE: Final = "spBv1.0"
STATE: Final = "STATE"
ID_MAX: Final = 200
#: What may be part of a topic (§4.1): any text without these characters.
ID_PATTERN: Final = r"^[^+/#\x00-\x1f]+$"

NodeType = Literal["NBIRTH", "NDEATH", "NDATA", "NCMD"]
DeviceType = Literal["DBIRTH", "DDEATH", "DDATA", "DCMD"]
MessageType = Literal["NBIRTH", "NDEATH", "NDATA", "NCMD", "DBIRTH", "DDEATH", "DDATA", "DCMD"]
_OF_NODES: Final = get_args(NodeType)
_OF_DEVICES: Final = get_args(DeviceType)


@dataclass(frozen=True, slots=True)
class SparkplugTopic:
    """Who speaks, and of what; `device` is "" in messages of the node itself."""

    group: str
    type: MessageType
    node: str
    device: str = ""

    def __str__(self) -> str:
        tail = f"/{self.device}" if self.device else ""
        return f"{NAMESPACE}/{self.group}/{self.type}/{self.node}{tail}"


def parse_topic(topic: str) -> SparkplugTopic:
    """A topic of a node or device. Raises WireError for anything else."""
    parts = topic.split("/")
    if len(parts) not in (4, 5) or parts[0] != NAMESPACE:
        raise WireError("sparkplug.topic", "This is no topic of Sparkplug B.")
    if any(not part or len(part) > ID_MAX or not part.isprintable() for part in parts):
        raise WireError("sparkplug.topic", f"A part of the topic is empty, not readable or longer than {ID_MAX}.")
    if parts[2] not in (_OF_NODES if len(parts) == 4 else _OF_DEVICES):
        raise WireError("sparkplug.topic", f"There is no message type {parts[2][:20]!r} at this place.")
    return SparkplugTopic(parts[1], cast(MessageType, parts[2]), parts[3], parts[4] if len(parts) == 5 else "")


def state_topic(host: str) -> str:
    """Where a host says whether it is there (version 3; version 2 had `STATE/host`)."""
    return f"{NAMESPACE}/{STATE}/{host}"
