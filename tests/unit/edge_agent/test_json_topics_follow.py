"""Topics of tags that are gone are taken off the broker, also where there was none when they went."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from edge_agent.feeds.json_topics import JsonTopics
from schemas.models.agent import BrokerConfig, JsonTopicsConfig
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig


def fed(*names: str) -> Any:
    tags = tuple(TagConfig(name=name, address=f"holding:{at}") for at, name in enumerate(names))
    conn = ConnectionConfig(id="press", driver="modbus_tcp", tags=tags)
    return SimpleNamespace(conn=conn, scans=[SimpleNamespace(tags=tags)])


def test_what_went_while_there_was_no_broker_goes_with_the_next_one(tmp_path: Path) -> None:
    alias_of = {f"press/{name}": at for at, name in enumerate("abc")}
    broker = BrokerConfig(url="mqtt://127.0.0.1:1883")
    feed = JsonTopics(
        JsonTopicsConfig(), broker, tmp_path, site="hall", devices=[fed("a", "b", "c")], alias_of=alias_of
    )
    feed.follow([fed("a")], alias_of)
    feed.follow([fed("a", "c")], alias_of)  # c is back before anybody was told
    told: list[tuple[str, bytes, bool]] = []
    line: Any = SimpleNamespace(publish=lambda topic, payload, retain: told.append((topic, payload, retain)))
    feed._take_off(line)
    feed._take_off(line)
    assert [(topic.rpartition("/")[2], payload, retain) for topic, payload, retain in told] == [("b", b"", True)]
