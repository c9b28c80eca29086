"""Versions of Interlock that a block or an app says it runs in: ``>=0.3 <1``, checked before it is taken.

A range is comparators that must all hold. A version is its release: 0.3.0.dev1 counts as 0.3.0, and 0.3 as 0.3.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from platform_core.services.refusals import refusal
from schemas.models.base import ENGINE_PATTERN

#: The document is not checked yet, so its name may be anything.
NAME_LENGTH_MAX = 120
_COMPARATOR = re.compile(r"(>=|<=|>|<|=)([0-9.]+)")
_RELEASE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){0,2}")
_Version = tuple[int, int, int]


@cache
def program_version() -> str:
    """Version of this program; empty in a source tree that was never installed, where every range fits."""
    try:
        return version("interlock")
    except PackageNotFoundError:
        return ""


def misfit(wanted: str, program: str) -> str:
    """How a program's version lies outside a range of the right form: ``older``, ``newer``; empty: it fits."""
    release = _RELEASE.match(program)
    if release is None:
        return ""
    here = _parts(release.group())
    for sign, text in _COMPARATOR.findall(wanted):
        there = _parts(text)
        if (here < there and sign in (">=", ">", "=")) or (here == there and sign == ">"):
            return "older"
        if (here > there and sign in ("<=", "<", "=")) or (here == there and sign == "<"):
            return "newer"
    return ""


def require_engine(document: dict[str, Any], what: Mapping[str, str]) -> None:
    """Refuses what names versions of Interlock without this one. ``document``: component.json or app.json, not checked
    yet, so that one with fields only a later Interlock knows is told to need that. ``what`` it is: by language.

    Raises ``ConfigError`` (``package.engine``). What is no range is left to the document's own check.
    """
    wanted = document.get("engine")
    if not isinstance(wanted, str) or re.fullmatch(ENGINE_PATTERN, wanted) is None:
        return
    program = program_version()
    how = misfit(wanted, program)
    if not how:
        return
    name = {language: text[:NAME_LENGTH_MAX] for language, text in what.items()}
    key = "package.engine/older" if how == "older" else "package.engine/newer"
    raise refusal(key, what=name, wanted=wanted, program=program)


def _parts(text: str) -> _Version:
    numbers = [int(part) for part in text.split(".")]
    major, minor, patch = [*numbers, 0, 0][:3]
    return major, minor, patch
