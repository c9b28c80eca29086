"""Tags that are written alike are one object; what each says, and the hash of it all, stays the same."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_agent.config import parse_config
from edge_agent.distinct_tags import DistinctTags
from schemas.errors import ConfigError
from schemas.models.tag import TagConfig

TAGS = [{"name": "speed", "address": "holding:1", "limits": {"hi": 4}}, {"name": "load", "address": "holding:2"}]


def document(*tags: dict[str, Any]) -> dict[str, Any]:
    connections = [
        {"id": f"press_{no}", "driver": "modbus_tcp", "config": {"host": "10.0.0.1", "unit": no}, "tags": list(tags)}
        for no in (1, 2)
    ]
    broker = {"url": "mqtt://127.0.0.1:1883"}
    return {"version": 1, "tenant": "factory", "edge": "line_1", "broker": broker, "connections": connections}


def test_equal_tags_are_one_object_and_the_hash_is_that_of_the_whole_json(tmp_path: Path) -> None:
    loaded = parse_config(yaml.safe_dump(document(*TAGS)), base=tmp_path)
    first, second = loaded.config.connections
    assert [tag.name for tag in first.tags] == ["speed", "load"]
    assert all(a is b for a, b in zip(first.tags, second.tags, strict=True))
    whole = loaded.config.model_dump(mode="json")
    defaults = TagConfig(name="-", address="-").model_dump(mode="json")
    for connection in whole["connections"]:
        connection["tags"] = [{**defaults, **tag} for tag in connection["tags"]]
    text = json.dumps(whole, sort_keys=True, ensure_ascii=False)
    assert loaded.hash == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_a_wrong_tag_is_told_at_each_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(yaml.safe_dump(document(TAGS[0], {"name": "load", "adress": "holding:2"})), base=tmp_path)
    places = {problem.path for problem in caught.value.problems}
    assert {"/connections/0/tags/1/adress", "/connections/1/tags/1/adress"} <= places


def test_what_differs_in_a_value_or_its_type_is_another_tag() -> None:
    raw = [
        {"name": "a", "address": "1"},
        {"name": "a", "address": "1", "scale": 1},
        {"name": "a", "address": "1", "scale": 1.0},
    ]
    tags = DistinctTags().of({"tags": [*raw, dict(raw[0]), "no tag", {"name": 1}]})["tags"]
    assert tags[3] is tags[0]
    assert len({id(tag) for tag in tags[:3]}) == 3
    assert tags[4:] == ["no tag", {"name": 1}]
