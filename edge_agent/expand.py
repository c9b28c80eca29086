"""Connections as written → connections as meant: a template's settings and tags filled in, each
with the place in the file it came from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from connectors.template import expand
from edge_agent.plain_words import near_word, problems_of, suggestion
from edge_agent.tags_file import ReadFile, read_tags_file
from edge_agent.yaml_lines import pointer
from schemas.errors import ConfigError, Problem
from schemas.models.connection import ConnectionTemplate


@dataclass(slots=True, frozen=True)
class Origin:
    """Where the tags of a connection are written: the first ones in its template, the last ones in its file."""

    template_tags: int = 0
    tags_file: str = ""
    rows: tuple[int, ...] = ()
    """The rows of the last tags in that file."""


@dataclass(slots=True)
class ExpandedConnection:
    """A connection without template: raw data still, at its pointer in the document."""

    path: str
    raw: dict[str, Any]
    complete: bool = True
    """False where its template could not be filled in: what is missing is then no news."""
    all_tags: bool = True
    """False where its file of tags has problems: there may be more tags than are known."""
    origin: Origin = Origin()


Expansion = tuple[list[ExpandedConnection], list[Problem], dict[str, str]]


def expand_connections(templates: Any, connections: Any, read_file: ReadFile) -> Expansion:
    """All connections, the problems found on the way, and expanded pointer → pointer in the file."""
    problems: list[Problem] = []
    known = _templates(templates, problems)
    expanded: list[ExpandedConnection] = []
    sources: dict[str, str] = {}
    if not isinstance(connections, list):
        problems.append(
            Problem("config.type", "/connections", "connections is not a list", "Begin each item with '- '.")
        )
        return [], problems, sources
    for at, raw in enumerate(connections):
        path = pointer("/connections", at)
        if not isinstance(raw, dict):
            problems.append(Problem("config.type", path, "a connection is not a mapping (key: value)"))
            continue
        content = dict(raw)
        name = content.pop("tags_file", None)
        one = _connection(path, content, known, problems, sources)
        if name is not None:
            _add_file(one, name, read_file, problems, sources)
        expanded.append(one)
    return expanded, problems, sources


def _templates(raw: Any, problems: list[Problem]) -> dict[str, tuple[ConnectionTemplate, str]]:
    known: dict[str, tuple[ConnectionTemplate, str]] = {}
    if not isinstance(raw, list):
        problems.append(Problem("config.type", "/templates", "templates is not a list", "Begin each item with '- '."))
        return known
    for at, item in enumerate(raw):
        path = pointer("/templates", at)
        try:
            template = ConnectionTemplate.model_validate(item)
        except ValidationError as error:
            problems += problems_of(error, ConnectionTemplate, path)
            continue
        if template.id in known:
            problems.append(
                Problem("config.duplicate_id", pointer(path, "id"), f"the template id '{template.id}' is used twice")
            )
        known.setdefault(template.id, (template, path))
    return known


def _connection(
    path: str, raw: dict[str, Any], known: dict[str, tuple[ConnectionTemplate, str]],
    problems: list[Problem], sources: dict[str, str],
) -> ExpandedConnection:  # fmt: skip
    name, values = raw.pop("template", None), raw.pop("with", {})
    if name is None:
        if values:
            problems.append(
                Problem("template.missing", pointer(path, "with"), "'with' without a template", "Add 'template: …'.")
            )
        return ExpandedConnection(path, raw)
    if name not in known:
        problems.append(
            Problem(
                "template.unknown", pointer(path, "template"), f"there is no template '{name}'",
                near := suggestion(str(name), known), params={"name": str(name), "near": near_word(near)},
            )
        )  # fmt: skip
        return ExpandedConnection(path, raw, complete=False)
    template, source = known[name]
    if not isinstance(values, dict):
        problems.append(Problem("config.type", pointer(path, "with"), "'with' is not a mapping (key: value)"))
        values = {}
    try:
        filled = expand(template, values)
    except ConfigError as error:
        at = pointer(path, "with")
        problems += [Problem(p.code, at + p.path, p.message, p.hint) for p in error.problems] or [
            Problem(error.code, at, error.message, error.hint)
        ]
        return ExpandedConnection(path, raw, complete=False)
    return _merged(path, raw, source, filled, sources)


def _merged(
    path: str, raw: dict[str, Any], source: str, filled: dict[str, Any], sources: dict[str, str]
) -> ExpandedConnection:
    """The connection's own settings win over the template's; its own tags follow."""
    for part in ("config", "report"):
        given, own = filled[part], raw.get(part, {})
        if not given or not isinstance(own, dict):
            continue
        for key in given:
            if key not in own:
                sources[pointer(pointer(path, part), key)] = pointer(pointer(source, part), key)
        raw[part] = {**given, **own}
    tags, own_tags = filled["tags"], raw.get("tags", [])
    template_tags = 0
    if isinstance(own_tags, list):
        template_tags = len(tags)
        at = pointer(path, "tags")
        for place in range(len(tags)):
            sources[pointer(at, place)] = pointer(pointer(source, "tags"), place)
        for place in range(len(own_tags)):
            sources[pointer(at, len(tags) + place)] = pointer(at, place)
        raw["tags"] = [*tags, *own_tags]
    return ExpandedConnection(path, raw, origin=Origin(template_tags))


def _add_file(
    one: ExpandedConnection, name: Any, read_file: ReadFile, problems: list[Problem], sources: dict[str, str]
) -> None:
    """The tags of its file follow the connection's own."""
    found = read_tags_file(name, read_file, one.raw.get("id"), one.path)
    problems += found.problems
    one.all_tags = not found.problems
    own = one.raw.get("tags", [])
    if not isinstance(own, list):
        return
    at = pointer(one.path, "tags")
    for place in range(len(own), len(own) + len(found.tags)):
        sources[pointer(at, place)] = pointer(one.path, "tags_file")
    one.raw["tags"] = [*own, *found.tags]
    one.origin = Origin(one.origin.template_tags, found.name, tuple(found.rows))
