"""A former version of the configuration made the present one; and what differs between two of them."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

from edge_agent.config import parse_config
from edge_agent.configuration.source import Draft, Source
from edge_agent.versions.history import Version
from schemas.errors import ConfigError

__all__ = ["plan_rollback", "text_diff"]

#: A line that may hold a secret is named in a diff, its value is not shown.
_SECRET = re.compile(
    r"(\b[\w-]*(?:password|passwd|secret|token|passphrase|private_key|api_key)[\w-]*\"?\s*:\s*)\S.*", re.IGNORECASE
)


def plan_rollback(source: Source, version: Version) -> Draft:
    """The version's files as the configuration, checked as any other. Raises ConfigError where it cannot be used.

    The spool is not looked at. Identities and aliases of tags are kept there and beside it, so what waits is sent
    as what it was sampled as.
    """
    path = source.path.name
    text = version.files.get(path)
    if text is None:
        names = ", ".join(version.files)
        raise ConfigError("version.file", f"version {version.number} has no {path} ({names})", hint="Give it with -c.")
    sheets = {name: content for name, content in version.files.items() if name != path}
    loaded = parse_config(text, base=source.loaded.base, sheets=sheets)
    if loaded.data_dir.resolve() != source.loaded.data_dir.resolve():
        raise ConfigError(
            "version.data_dir", f"version {version.number} keeps its data in {loaded.config.data_dir}",
            hint=f"What waits in {source.loaded.config.data_dir} would not be sent. Change data_dir by hand if meant.",
        )  # fmt: skip
    files = {name: content for name, content in version.files.items() if source.files.get(name) != content}
    kept = {name: content for name, content in version.files.items() if name not in files}
    return Draft(source, files, kept, loaded)


def text_diff(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """A unified diff of all files; values of secrets are left out."""
    lines: list[str] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        lines += difflib.unified_diff(old, new, f"{name} before", f"{name} after", lineterm="")
    return [_SECRET.sub(r"\1…", line) for line in lines]
