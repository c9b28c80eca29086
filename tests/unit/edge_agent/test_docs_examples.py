"""The configuration on the agent's page, templates and all, passes the agent's own check."""

from __future__ import annotations

import re
from pathlib import Path

from edge_agent.config import parse_config
from tests.support.processes import ROOT


def test_the_example_on_the_page_is_right(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "agent.md").read_text("utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.S)
    loaded = parse_config(example, base=tmp_path)
    assert [len(connection.tags) for connection in loaded.config.connections] == [1, 1]
    assert loaded.config.connections[1].tags[0].address == "holding:112"
