"""Image files, read as a linter reads them: unprivileged, pinned by hash, nothing secret, everything named is there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
EDGE = ROOT / "deploy" / "edge" / "Dockerfile"


def instructions(text: str) -> list[tuple[str, str]]:
    """Each instruction and its arguments, lines put together."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    whole = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [(word.upper(), rest.strip()) for word, _, rest in (line.partition(" ") for line in whole.splitlines())]


def problems(text: str, root: Path) -> list[str]:
    """What is wrong with an image file."""
    steps = instructions(text)
    last = max(place for place, (word, _) in enumerate(steps) if word == "FROM")
    final = steps[last:]
    found = []
    for word, rest in steps:
        if word == "FROM" and (":" not in rest or ":latest" in rest):
            found.append(f"base without a version: {rest}")
        if word == "ADD":
            found.append("ADD")
        if word in ("ENV", "ARG") and re.search(r"(?i)passw|secret|token|api_?key", rest):
            found.append(f"a secret in the image: {word}")
        if word == "COPY" and not rest.startswith("--from"):
            found += [f"not there: {name}" for name in rest.split()[:-1] if not (root / name).exists()]
        if word == "RUN" and "pip install" in rest and "--require-hashes" not in rest and "--no-deps" not in rest:
            found.append("packages without hashes")
        if word == "RUN" and re.search(r"curl|wget|sudo", rest):
            found.append("something fetched in passing")
    users = [rest for word, rest in final if word == "USER"]
    if not users or users[-1].split(":")[0] in ("root", "0"):
        found.append("runs as root")
    for word in ("ENTRYPOINT", "CMD"):
        given = [rest for name, rest in final if name == word]
        if not given or not given[-1].startswith("["):
            found.append(f"{word} by a shell, which does not pass on signals")
    if "HEALTHCHECK" not in [word for word, _ in final]:
        found.append("no HEALTHCHECK")
    return found


def test_the_image_of_the_agent_has_no_problem() -> None:
    assert problems(EDGE.read_text(), ROOT) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("USER 10001\n", "", "runs as root"),
        ("USER 10001\n", "USER root\n", "runs as root"),
        ("--require-hashes ", "", "packages without hashes"),
        ("COPY schemas schemas", "COPY schemata schemata", "not there: schemata"),
        ("FROM python:3.11-slim AS build", "FROM python", "base without a version: python"),
        ('ENTRYPOINT ["edge-agent"]', "ENTRYPOINT edge-agent", "ENTRYPOINT by a shell"),
        ("HEALTHCHECK", "LABEL", "no HEALTHCHECK"),
        ("ENV PATH", "ENV DB_PASSWORD=x PATH", "a secret in the image"),
    ],
)
def test_each_rule_finds_what_it_is_for(old: str, new: str, problem: str) -> None:
    text = EDGE.read_text()
    assert old in text
    assert any(one.startswith(problem) for one in problems(text.replace(old, new), ROOT))


def test_what_the_image_starts_is_a_command_of_the_agent() -> None:
    from edge_agent.cli import _parser

    steps = dict(instructions(EDGE.read_text()))
    assert json.loads(steps["ENTRYPOINT"]) == ["edge-agent"]
    assert _parser("run").parse_args(json.loads(steps["CMD"])).log_format == "json"
    check = json.loads(steps["HEALTHCHECK"].partition("CMD ")[2])
    assert check[0] == "edge-agent"
    assert _parser("").parse_args(check[1:])
