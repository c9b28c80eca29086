"""Connections that share a line must set it alike: two speeds on one serial port cannot both be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from connectors.driver import Driver, SharesLine
from edge_agent.yaml_lines import pointer
from schemas.errors import Problem

__all__ = ["check_lines"]


def check_lines(drivers: Sequence[tuple[str, str, Driver[Any]]]) -> Iterator[Problem]:
    """Settings in which a connection differs from the first one on its line; `drivers`: pointer, id, driver."""
    first: dict[tuple[type, str], tuple[str, dict[str, object]]] = {}
    for path, conn_id, driver in drivers:
        if not isinstance(driver, SharesLine):
            continue
        name, alike = driver.line
        other, wanted = first.setdefault((type(driver), name), (conn_id, alike))
        for key, value in alike.items():
            if value != wanted[key]:
                yield Problem(
                    "connection.line_settings", pointer(pointer(path, "config"), key),
                    f"{key} is {value!r} here and {wanted[key]!r} in connection '{other}' on the same line",
                    "Connections on one line share its settings: make them equal.",
                )  # fmt: skip
