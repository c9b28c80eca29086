"""Passwords that stand in a configuration itself, where only the name of a secret or of a file may stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

_NAMES: Final = "(?:password|passwd|passphrase|secret|token|api_key|private_key|authorization)"
_KEY: Final = re.compile(rf"(?:^|_){_NAMES}$", re.I)
_ADDRESS: Final = re.compile(r"^[a-z][a-z0-9+.-]*://[^/@\s]*:[^/@\s]+@", re.I)
_LINE: Final = re.compile(
    rf"(?:\b|_){_NAMES}[\"']?\s*:\s+(?![\"']?secret:)[^\s#]|://[^/@\s:]{{0,200}}:[^/@\s]{{1,200}}@", re.I
)


def plain_secrets(document: Any, path: str = "") -> Iterator[str]:
    """JSON pointers of texts that look like a secret written out: by their key, or an address with a password in it.

    `secret:NAME` is the name of one, and left out. What is found is never part of the answer.
    """
    rows = document.items() if isinstance(document, dict) else enumerate(document) if _is_list(document) else ()
    for key, value in rows:
        here = f"{path}/{str(key).replace('~', '~0').replace('/', '~1')}"
        if not isinstance(value, str):
            yield from plain_secrets(value, here)
        elif (_KEY.search(str(key)) and not value.startswith("secret:")) or _ADDRESS.match(value):
            yield here


def plain_secret_lines(text: str) -> Iterator[int]:
    """Lines, from 1, of a text that is not read as YAML yet, comments too: coarser than `plain_secrets`."""
    return (at for at, line in enumerate(text.splitlines(), 1) if _LINE.search(line))


def _is_list(document: Any) -> bool:
    return isinstance(document, list)
