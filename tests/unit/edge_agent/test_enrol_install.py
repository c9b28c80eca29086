"""What the platform gave is written into agent.yaml without touching anything else there."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from edge_agent.config import load_config
from edge_agent.enrol.install import install, with_sections
from edge_agent.enrol.trade import Admission
from schemas.errors import ConfigError

GOT = Admission("firm", "line_2", 3, "mqtts://b:8883", "PEM\n", "edge_line_2", "canary-word")


def test_a_new_file_is_made_and_is_right(tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    install(config, GOT)
    loaded = load_config(config)
    assert (loaded.config.tenant, loaded.config.edge, loaded.config.broker.bucket) == ("firm", "line_2", 3)
    for path in (config, *(tmp_path / "data" / "access").iterdir()):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "canary" not in config.read_text()
    assert "canary" not in repr(GOT)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("edge: a\n# mine\nx: 1\n", "edge: NEW\n# mine\nx: 1\n"),
        ("x: 1 # why\nedge:\n    a\n\n# next\ny:\n- 1\n", "x: 1 # why\nedge: NEW\n\n# next\ny:\n- 1\n"),
        ("x: 1", "x: 1\nedge: NEW\n"),
        ("# head\nx: {a: 1,\n  b: 2}\nedge: 'q'", "# head\nx: {a: 1,\n  b: 2}\nedge: NEW\n"),
        ("edge: a\nx: |\n  # not a comment\n\n  end\n", "edge: NEW\nx: |\n  # not a comment\n\n  end\n"),
    ],
)
def test_only_its_own_keys_are_replaced(before: str, after: str) -> None:
    assert with_sections(before, {"edge": "NEW"}) == after
    assert yaml.safe_load(after)["edge"] == "NEW"


def test_a_file_of_one_line_is_refused() -> None:
    with pytest.raises(ConfigError):
        with_sections("{edge: a}", {"edge": "b"})


def test_the_file_that_was_there_is_kept(tmp_path: Path) -> None:
    config = tmp_path / "agent.yaml"
    config.write_text("version: 1\nedge: old\nbroker: {url: 'mqtt://x'}\ndata_dir: else\n")
    install(config, GOT)
    assert (tmp_path / "agent.yaml.before_enrolment").read_text().startswith("version: 1\nedge: old\n")
    assert (tmp_path / "else" / "access" / "broker_password.txt").read_text() == "canary-word\n"
    assert load_config(config).config.broker.ca_file == "else/access/broker_ca.pem"
