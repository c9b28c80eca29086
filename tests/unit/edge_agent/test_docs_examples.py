"""The configuration on the agent's page, templates and all, passes the agent's own check."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from edge_agent.config import parse_config
from schemas.models.tag import TagConfig
from tests.support.processes import ROOT


def test_the_example_on_the_page_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "agent.md").read_text("utf-8")
    example, writable = re.findall(r"```yaml\n(.*?)```", page, re.S)
    loaded = parse_config(example, base=tmp_path)
    assert [len(connection.tags) for connection in loaded.config.connections] == [1, 1]
    assert loaded.config.connections[1].tags[0].address == "holding:112"
    (tag,) = (TagConfig.model_validate(raw) for raw in yaml.safe_load(writable))
    assert tag.write is not None
    assert tag.write.interlock_tags == {"door": "door_closed", "pressure": "compressor/pressure"}


def test_the_example_of_the_sparkplug_page_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "send-to-a-sparkplug-host.md").read_text("utf-8")
    node, plain = re.findall(r"```yaml\n(.*?)```", page, re.S)
    config = parse_config(node + plain, base=tmp_path).config
    assert config.sparkplug is not None
    assert (config.sparkplug.group, config.sparkplug.primary_host) == ("Plant 1", "scada")
    assert config.json_topics is not None
