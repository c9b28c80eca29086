"""MQTT topics: `il/v1/{tenant}/edge/{edge}/…` and `il/v1/{tenant}/core/state`."""

from __future__ import annotations

from typing import NamedTuple

from schemas.errors import WireError
from schemas.identifiers import is_identifier

ROOT = "il/v1"


class EdgeTopic(NamedTuple):
    """The parts of an edge's topic; `channel` is birth, state, b, a, hb, cfg, cmd or re."""

    tenant: str
    edge: str
    channel: str
    bucket: int


def _edge(tenant: str, edge: str, channel: str) -> str:
    return f"{ROOT}/{tenant}/edge/{edge}/{channel}"


def birth_topic(tenant: str, edge: str) -> str:
    """Retained: who the agent is."""
    return _edge(tenant, edge, "birth")


def state_topic(tenant: str, edge: str) -> str:
    """Retained, also the will: whether the agent is connected."""
    return _edge(tenant, edge, "state")


def batch_topic(tenant: str, edge: str, bucket: int = 0) -> str:
    """Batches, agent to platform; `bucket` shares the work between ingest processes."""
    return _edge(tenant, edge, f"b/{bucket}")


def ack_topic(tenant: str, edge: str) -> str:
    """Acks, platform to agent."""
    return _edge(tenant, edge, "a")


def hb_topic(tenant: str, edge: str) -> str:
    """Heartbeats, agent to platform."""
    return _edge(tenant, edge, "hb")


def cfg_topic(tenant: str, edge: str) -> str:
    """Configurations, platform to agent."""
    return _edge(tenant, edge, "cfg")


def cmd_topic(tenant: str, edge: str) -> str:
    """Commands, platform to agent."""
    return _edge(tenant, edge, "cmd")


def reply_topic(tenant: str, edge: str) -> str:
    """How commands ended, agent to platform."""
    return _edge(tenant, edge, "re")


def core_state_topic(tenant: str) -> str:
    """Retained: whether the platform is there."""
    return f"{ROOT}/{tenant}/core/state"


def edge_filter(channel: str, *, tenant: str = "+") -> str:
    """Subscription filter over every edge; `channel` as `b/+`, `hb`, `birth`, `state`."""
    return f"{ROOT}/{tenant}/edge/+/{channel}"


def parse_edge_topic(topic: str) -> EdgeTopic:
    """The parts of an edge's topic; raises WireError for any other."""
    parts = topic.split("/")
    if (
        len(parts) not in (6, 7)
        or parts[:2] != ["il", "v1"]
        or parts[3] != "edge"
        or not (is_identifier(parts[2]) and is_identifier(parts[4]))
    ):
        raise WireError("wire.topic", f"Not a topic of an edge: {topic[:200]!r}.")
    channel, bucket = parts[5], 0
    if len(parts) == 7:
        if channel != "b" or not parts[6].isascii() or not parts[6].isdigit() or len(parts[6]) > 4:
            raise WireError("wire.topic", f"Not a topic of an edge: {topic[:200]!r}.")
        bucket = int(parts[6])
    elif channel == "b":
        raise WireError("wire.topic", f"A batch topic without a bucket: {topic[:200]!r}.")
    return EdgeTopic(parts[2], parts[4], channel, bucket)
