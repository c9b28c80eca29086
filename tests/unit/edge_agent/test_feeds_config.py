"""agent.yaml with the further outputs: names that Sparkplug cannot carry, files that are not there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from edge_agent.config import parse_config
from edge_agent.feeds.sparkplug_device import datatype_of
from edge_agent.feeds.waiting import Samples, Waiting
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig
from schemas.sparkplug.datatypes import KIND_OF, DataType
from schemas.wire.columns import columns

TAGS = "[{name: Temp, address: 'holding:1'}, {name: temp, address: 'holding:2'}]"


def text(extra: str, tags: str = "[{name: t, address: 'holding:1'}]", ids: tuple[str, ...] = ("a",)) -> str:
    connections = "\n".join(
        f"  - {{id: {one}, driver: modbus_tcp, config: {{host: 127.0.0.1}}, tags: {tags}}}" for one in ids
    )
    return f"version: 1\nedge: e\nbroker: {{url: 'mqtt://h:1'}}\n{extra}\nconnections:\n{connections}\n"


def problems(document: str, base: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(document, base=base)
    return [f"{problem.line}: {problem.path} {problem.code}" for problem in caught.value.problems]


def test_names_that_differ_in_case_alone_are_refused(tmp_path: Path) -> None:
    found = problems(text("sparkplug: {group: g}", TAGS), tmp_path)
    assert found == ["6: /connections/0/tags/1/name sparkplug.case"]
    parse_config(text("", TAGS), base=tmp_path)  # without Sparkplug there are two tags, and nobody minds
    parse_config(text("sparkplug: {group: g}", TAGS.replace("temp", "tomp")), base=tmp_path)


@pytest.mark.parametrize("name", ["a/b", "a+", "#", "", "x" * 81, "a\\u0001"])
def test_ids_that_cannot_be_part_of_a_topic_are_refused(name: str, tmp_path: Path) -> None:
    for key in ("group", "node", "primary_host"):
        given = {"group": "g", key: name}
        document = "sparkplug: {" + ", ".join(f'{k}: "{v}"' for k, v in given.items()) + "}"
        assert problems(text(document), tmp_path)[0].startswith(f"4: /sparkplug/{key}")
    assert parse_config(text('sparkplug: {group: "Halle 1", node: "Linie é"}'), base=tmp_path)


def test_connection_ids_are_told_apart(tmp_path: Path) -> None:
    assert any("duplicate_id" in one for one in problems(text("sparkplug: {group: g}", ids=("a", "a")), tmp_path))
    assert problems(text("sparkplug: {group: g}", ids=("a", "A")), tmp_path)  # ids are in lower case


def test_each_broker_is_checked(tmp_path: Path) -> None:
    other = "broker: {url: 'mqtt://x:1', password_file: none.txt}"
    found = problems(text(f"sparkplug: {{group: g, {other}}}\njson_topics: {{{other}}}"), tmp_path)
    assert found == [
        "4: /sparkplug/broker/password_file broker.password_file",
        "5: /json_topics/broker/password_file broker.password_file",
    ]


def samples(conn: str, *values: float) -> Samples:
    n = len(values)
    return Samples.of(conn, [columns("f", range(n), range(n), [0] * n, values)])


def test_what_waits_is_bounded_and_the_oldest_go_first() -> None:
    waiting = Waiting(5)
    for at in range(4):
        waiting.put(samples("a" if at % 2 else "b", float(at), float(at)))
    assert (waiting.points, waiting.dropped) == (4, 4)
    waiting.put_back([samples("a", 9.0)])
    assert waiting.points == 5
    taken = waiting.take(lambda conn: conn == "a", 100)
    assert [float(one.groups[0].v[0]) for one in taken] == [9.0, 3.0]
    assert waiting.points == 2
    assert [one.conn for one in waiting.take(lambda _: True, 1)] == ["b"]
    assert waiting.points == 0


@pytest.mark.parametrize(("given", "datatype"), [
    ({"type": "float32"}, DataType.FLOAT), ({"type": "float32", "scale": 2.0}, DataType.DOUBLE),
    ({"type": "float64"}, DataType.DOUBLE), ({"type": "int16"}, DataType.INT16),
    ({"type": "int16", "offset": 1.0}, DataType.DOUBLE), ({"type": "int16", "scale_from": "p"}, DataType.DOUBLE),
    ({"type": "uint64"}, DataType.UINT64), ({"type": "uint16", "bit": 3}, DataType.BOOLEAN),
    ({"type": "bool"}, DataType.BOOLEAN), ({"type": "string", "length": 8}, DataType.STRING),
])  # fmt: skip
def test_the_data_type_is_that_of_the_value_as_it_is_sent(given: dict[str, Any], datatype: DataType) -> None:
    tag = TagConfig.model_validate({"name": "t", "address": "holding:1", **given})
    assert datatype_of(tag) is datatype
    assert KIND_OF[datatype] == tag.kind
