"""The further outputs a configuration asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from edge_agent.config import LoadedConfig
from edge_agent.feeds.fed import Fed
from edge_agent.supervisor import Session
from schemas.wire.columns import Columns


class Feed(Session, Protocol):
    """A session of the supervisor that takes samples."""

    def take(self, conn: str, groups: Sequence[Columns]) -> None:
        """Samples of a connection; called on the event loop, must neither wait nor raise."""
        ...

    def follow(self, devices: Sequence[Fed], alias_of: Mapping[str, int]) -> None:
        """Another configuration of the same edge: what is read and calculated from now on."""
        ...

    def figures(self) -> Iterator[tuple[str, str, str, float]]:
        """For /metrics: name, kind, what it is, value."""
        ...


def make_feeds(loaded: LoadedConfig, devices: Sequence[Fed], alias_of: Mapping[str, int]) -> list[Feed]:
    """Sparkplug B and plain JSON, where they are configured; `devices`: what is read, and what is calculated of it;
    `alias_of` by `connection/tag`."""
    config, feeds = loaded.config, list[Feed]()
    # An agent carries what it speaks.
    if config.sparkplug is not None:
        from edge_agent.feeds.sparkplug_node import SparkplugNode

        feeds.append(
            SparkplugNode(
                config.sparkplug, config.sparkplug.broker or config.broker, loaded.base,
                node=config.sparkplug.node or config.edge, counter=loaded.data_dir / "sparkplug.json",
                devices=devices, alias_of=alias_of,
            )
        )  # fmt: skip
    if config.json_topics is not None:
        from edge_agent.feeds.json_topics import JsonTopics

        feeds.append(
            JsonTopics(
                config.json_topics, config.json_topics.broker or config.broker, loaded.base,
                site=config.json_topics.site or config.edge, devices=devices, alias_of=alias_of,
            )
        )  # fmt: skip
    return feeds
