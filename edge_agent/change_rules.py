"""Problems of deadbands and doors: what they cannot be used on, and settings that contradict each other."""

from __future__ import annotations

from collections.abc import Iterator

from edge_agent.pipeline.change import is_wide
from edge_agent.yaml_lines import pointer
from schemas.errors import Problem
from schemas.models.connection import ConnectionConfig, ReportConfig
from schemas.models.tag import TagBase

_KEYS = ("deadband", "deadband_percent", "swinging_door")


def check_changes(
    connection: ConnectionConfig, path: str, places: list[int] | None = None, *, told: bool = False
) -> Iterator[Problem]:
    """Problems of a connection and its tags; `places`: where its tags stand in the document; `told`: its driver tells
    changes and is not asked."""
    report = pointer(path, "report")
    yield from _one_way(connection.report, report)
    for key in _given(connection.report):
        if connection.report.mode == "always":
            yield Problem(
                "change.always", pointer(report, key), f"'{key}' has no meaning with 'mode: always'",
                "Remove it, or write mode: exception.",
            )  # fmt: skip
    told = told or connection.mode == "subscribe"
    for at, tag in enumerate(connection.tags):
        here = pointer(pointer(path, "tags"), places[at] if places else at)
        yield from check_tag_changes(tag, here, connection.report)
        if told and tag.swinging_door is not None:
            yield _told(pointer(here, "swinging_door"))
    if told and connection.report.swinging_door is not None:
        yield _told(pointer(report, "swinging_door"))


def check_tag_changes(tag: TagBase, here: str, report: ReportConfig) -> Iterator[Problem]:
    """Problems of the settings of one tag at the pointer `here`."""
    given = _given(tag)
    if given and tag.kind not in ("f", "i", "u"):
        what = "a text" if tag.kind == "s" else "true or false"
        for key in given:
            yield Problem(
                "change.not_a_number", pointer(here, key), f"'{tag.name}' is {what} and has no {key}",
                "Remove it: of such a tag every change is sent.",
            )  # fmt: skip
        return
    yield from _one_way(tag, here)
    if given and report.mode == "always":
        yield Problem(
            "change.always", pointer(here, given[0]), f"'{given[0]}' has no meaning with 'report: mode: always'",
            "Remove it, or write mode: exception for the connection.",
        )  # fmt: skip
    if tag.swinging_door is not None and is_wide(tag):
        yield Problem(
            "change.wide", pointer(here, "swinging_door"), f"'{tag.name}' has 64 bits: no line is exact to them",
            "Use a deadband, or a smaller type.",
        )  # fmt: skip


def _told(here: str) -> Problem:
    return Problem(
        "change.told", here, "a value that is told, not read, holds until the next is told: no line leads there",
        "Use a deadband, or mode: poll.",
    )  # fmt: skip


def _one_way(settings: TagBase | ReportConfig, here: str) -> Iterator[Problem]:
    if settings.swinging_door is not None and len(_given(settings)) > 1:
        yield Problem(
            "change.two_ways", pointer(here, "swinging_door"), "a swinging_door and a deadband exclude each other",
            "Keep the one you mean: a deadband for values shown live, a door for long trends.",
        )  # fmt: skip


def _given(settings: TagBase | ReportConfig) -> list[str]:
    return [key for key in _KEYS if getattr(settings, key) is not None]
