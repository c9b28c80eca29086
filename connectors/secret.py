"""Secrets that a configuration names instead of holding: `secret:NAME` where a file with a password could stand.

The agent says where names are looked up; a driver asks with `stored_secret` before it opens the file.
"""

from __future__ import annotations

from collections.abc import Callable

from schemas.errors import ConfigError

SCHEME = "secret:"

Find = Callable[[str], str]


class _Lookup:
    find: Find | None = None


def look_up_with(find: Find | None) -> None:
    """From now on names are looked up with this. `find` raises ConfigError for a name it does not know."""
    _Lookup.find = find


def stored_secret(reference: str) -> str | None:
    """The secret that `secret:NAME` names; None where the reference is something else, such as the path of a file.

    Raises ConfigError where there is no such secret.
    """
    if not reference.startswith(SCHEME):
        return None
    if _Lookup.find is None:
        raise ConfigError("secret.store", f"there is no store of secrets for {reference}")
    return _Lookup.find(reference.removeprefix(SCHEME))
