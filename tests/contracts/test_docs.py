"""The pages are true: links lead somewhere, configurations are valid, options exist."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from schemas.models.agent import AgentConfig
from tests.contracts.tidy import ROOT, tracked_files

PAGES = [name for name in tracked_files() if name.endswith(".md")]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"```(\w+)\n(.*?)```", re.S)
# Made by the browser tests from a running system.
MADE_LATER = {"docs/images/line-overview.png"}


def prose(text: str) -> str:
    return FENCE.sub("", text)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    folder = (ROOT / page).parent
    broken = []
    for target in LINK.findall(prose((ROOT / page).read_text("utf-8"))):
        if "://" in target or target.startswith("mailto:"):
            continue
        path = (folder / target).resolve()
        if not path.exists() and path.relative_to(ROOT).as_posix() not in MADE_LATER:
            broken.append(target)
    assert not broken


def agent_examples() -> Iterator[tuple[str, dict[str, Any]]]:
    for page in PAGES:
        for language, text in FENCE.findall((ROOT / page).read_text("utf-8")):
            document = yaml.safe_load(text) if language == "yaml" else None
            if isinstance(document, dict) and {"version", "edge", "connections"} <= set(document):
                yield page, document


def test_agent_configurations_in_the_pages_are_valid() -> None:
    examples = list(agent_examples())
    assert "docs/getting-started.md" in {page for page, _ in examples}
    for page, document in examples:
        if not document.get("templates"):  # those are checked, expanded, by the agent's own tests
            assert AgentConfig.model_validate(document), page


def test_getting_started_names_every_option_of_up() -> None:
    line = [sys.executable, "-m", "interlock", "up", "--help"]
    env = {"COLUMNS": "200", "TERM": "dumb", "PATH": ""}
    told = subprocess.run(line, capture_output=True, text=True, env=env, cwd=ROOT, check=True).stdout
    options = set(re.findall(r"--[a-z][a-z-]+", told)) - {"--help", "--demo", "--hold"}
    page = (ROOT / "docs" / "getting-started.md").read_text("utf-8")
    table = {option for row in page.splitlines() if row.startswith("| `--") for option in re.findall(r"--[a-z-]+", row)}
    assert options == table


def test_the_makefile_has_what_run_py_offers() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text("utf-8"), re.M))
    wanted = {"setup", "run", "test", "check", "bench", "chaos", "generate", "clean", "new-driver", "new-component"}
    assert wanted <= targets
    told = subprocess.run([sys.executable, "run.py", "--help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in targets - {"help", "new-driver", "new-component"}:
        assert re.search(rf"^  {name} ", told.stdout, re.M), name
