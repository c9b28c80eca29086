"""Secrets that a configuration names: whether each is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from connectors.secret import SCHEME
from edge_agent.secret_store.store import SecretStore
from edge_agent.yaml_lines import pointer
from schemas.errors import ConfigError, Problem


def check_secrets(data_dir: Path, parts: Iterable[tuple[str, Any]]) -> list[Problem]:
    """A problem for each `secret:NAME` in the parts (pointer, content) without such a secret."""
    named = [found for path, content in parts for found in _named(path, content)]
    if not named:
        return []
    try:
        known = SecretStore(data_dir).names()
    except ConfigError as error:
        return [Problem(error.code, named[0][0], error.message, error.hint)]
    return [
        Problem(
            "secret.unknown", path, f"there is no secret '{name}'",
            f"Keep it with: edge-agent secret set {name or 'NAME'}",
        )
        for path, name in named
        if name not in known
    ]  # fmt: skip


def _named(path: str, content: Any) -> Iterator[tuple[str, str]]:
    """Only where a file with a secret could stand (`password_file`, `header_files`): elsewhere it is plain text."""
    if not isinstance(content, dict):
        return
    for key, value in content.items():
        here = pointer(path, key)
        if key in ("config", "header_files"):
            yield from _named(here, value)
        elif isinstance(value, str) and value.startswith(SCHEME) and (key == "password_file" or "header_files" in path):
            yield here, value.removeprefix(SCHEME)
