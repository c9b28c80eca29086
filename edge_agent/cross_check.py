"""What the models cannot see alone: names used twice, references to nothing, renames that collide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from edge_agent.plain_words import suggestion
from edge_agent.yaml_lines import pointer
from schemas.errors import Problem
from schemas.models.connection import ConnectionConfig, SequenceConfig
from schemas.models.tag import TagConfig


def check_connections(raw: Sequence[tuple[str, dict[str, Any]]]) -> Iterator[Problem]:
    """Connection ids used twice; works on raw data, so that it also tells next to other problems."""
    first: dict[str, str] = {}
    for path, content in raw:
        name = content.get("id")
        if not isinstance(name, str):
            continue
        if name in first:
            yield Problem(
                "config.duplicate_id", pointer(path, "id"), f"the connection id '{name}' is used twice",
                "Give each connection its own id.", params={"name": str(name)},
            )  # fmt: skip
        first.setdefault(name, path)


def check_connection(connection: ConnectionConfig, path: str, places: list[int] | None = None) -> Iterator[Problem]:
    """Names, renames and sequences of one connection; `places`: where its tags stand in the document."""
    tags = pointer(path, "tags")
    at_of = places or range(len(connection.tags))
    names: dict[str, int] = {}
    former: dict[str, int] = {}
    for at, tag in enumerate(connection.tags):
        here = pointer(tags, at_of[at])
        if tag.name in names:
            yield Problem(
                "tag.duplicate", pointer(here, "name"), f"the tag name '{tag.name}' is used twice",
                "Give each tag of the connection its own name.", params={"name": tag.name},
            )  # fmt: skip
        names.setdefault(tag.name, at)
    for at, tag in enumerate(connection.tags):
        if tag.was is None:
            continue
        here = pointer(pointer(tags, at_of[at]), "was")
        if tag.was in names:
            yield Problem(
                "tag.was_in_use", here, f"'{tag.was}' is still the name of another tag",
                "Remove 'was', or rename that tag too.",
            )  # fmt: skip
        if tag.was in former:
            yield Problem("tag.was_twice", here, f"two tags say they were '{tag.was}'", "Keep one of them.")
        former.setdefault(tag.was, at)
    if connection.mode == "subscribe" and connection.sequences:
        yield Problem(
            "sequence.subscribed", pointer(path, "sequences"), "a device that tells changes alone has no whole rows",
            "Write 'mode: poll' for a connection with sequences.",
        )  # fmt: skip
    by_name = {tag.name: tag for tag in connection.tags}
    for at, tag in enumerate(connection.tags):
        if tag.scale_from is not None:
            here = pointer(pointer(tags, at_of[at]), "scale_from")
            yield from _power(connection, tag, by_name, here)
    for at, sequence in enumerate(connection.sequences):
        yield from _sequence(connection, sequence, by_name, pointer(pointer(path, "sequences"), at))


def check_metric_names(connections: Sequence[tuple[str, ConnectionConfig]]) -> Iterator[Problem]:
    """Names that differ in case alone: hosts that do not tell them apart would mix two metrics up
    (tck-id-case-sensitivity-metric-names). Ids of connections are in lower case anyhow."""
    for path, connection in connections:
        seen: dict[str, str] = {}
        for at, tag in enumerate(connection.tags):
            first = seen.setdefault(tag.name.casefold(), tag.name)
            if first != tag.name:
                yield Problem(
                    "sparkplug.case", pointer(pointer(pointer(path, "tags"), at), "name"),
                    f"'{tag.name}' and '{first}' differ in upper and lower case alone",
                    "Sparkplug hosts may take them for one metric: rename one of them.",
                )  # fmt: skip


def check_told(connection: ConnectionConfig, path: str, places: list[int] | None = None) -> Iterator[Problem]:
    """What a connection cannot have whose device tells changes by itself."""
    for at, tag in enumerate(connection.tags):
        if tag.scale_from is not None:
            here = pointer(pointer(path, "tags"), places[at] if places else at)
            yield Problem(
                "scale_from.told", pointer(here, "scale_from"),
                "a device that tells changes alone may tell a value without its power of ten", "Write 'mode: poll'.",
            )  # fmt: skip


def _power(connection: ConnectionConfig, tag: TagConfig, tags: dict[str, TagConfig], path: str) -> Iterator[Problem]:
    """The power of ten must be a whole number that is read together with the value."""
    power = tags.get(tag.scale_from or "")
    if power is None:
        yield Problem(
            "scale_from.unknown_tag", path, f"there is no tag '{tag.scale_from}' in this connection",
            suggestion(tag.scale_from or "", tags) or "Name the tag that holds the power of ten.",
        )  # fmt: skip
    elif power.kind not in ("i", "u"):
        yield Problem(
            "scale_from.no_power", path, f"'{power.name}' is no whole number", "Use int16 without scale and offset."
        )
    elif (power.scan_ms or connection.scan_ms) != (tag.scan_ms or connection.scan_ms):
        yield Problem(
            "scale_from.scan_classes", path, f"'{tag.name}' and '{power.name}' have different scan_ms",
            "Read them together: give them one scan_ms.",
        )  # fmt: skip


def _sequence(
    connection: ConnectionConfig, sequence: SequenceConfig, tags: dict[str, TagConfig], path: str
) -> Iterator[Problem]:
    references = [("tag", sequence.tag), *(("tags", name) for name in sequence.tags)]
    if sequence.time_tag is not None:
        references.append(("time_tag", sequence.time_tag))
    for key, name in references:
        if name not in tags:
            yield Problem(
                "sequence.unknown_tag", pointer(path, key), f"there is no tag '{name}' in this connection",
                suggestion(name, tags),
            )  # fmt: skip
    counter = tags.get(sequence.tag)
    if counter is not None and counter.kind not in ("i", "u"):
        yield Problem(
            "sequence.not_a_counter", pointer(path, "tag"), f"'{sequence.tag}' is no whole number",
            "Use an integer type without scale and offset.",
        )  # fmt: skip
    clock = tags.get(sequence.time_tag or "")
    if clock is not None and clock.kind not in ("i", "u"):
        yield Problem(
            "sequence.not_a_time", pointer(path, "time_tag"), f"'{sequence.time_tag}' is no whole number",
            "Use int64, µs since 1970-01-01 UTC.",
        )  # fmt: skip
    if sequence.time == "device" and sequence.time_tag is None:
        yield Problem(
            "sequence.no_time", pointer(path, "time"), "'time: device' needs a time_tag",
            "Name the tag that holds the row's time.",
        )  # fmt: skip
    members = [tags[name] for name in (*(sequence.tags or tags), sequence.tag) if name in tags]
    if len({tag.scan_ms or connection.scan_ms for tag in members}) > 1:
        yield Problem(
            "sequence.scan_classes", pointer(path, "tag"), "the tags of a sequence have different scan_ms",
            "Read them together: give them one scan_ms.",
        )  # fmt: skip
