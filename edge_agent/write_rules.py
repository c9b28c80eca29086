"""Problems of write rules that only show beside the other tags: interlocks that name what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from connectors import registry
from edge_agent.plain_words import suggestion
from edge_agent.yaml_lines import pointer
from schemas.errors import Problem
from schemas.expr import VarType, check, explain
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

_TYPES = {"f": "number", "i": "number", "u": "number", "b": "boolean", "s": "string"}


def found_tag(connections: Mapping[str, Mapping[str, TagConfig]], here: str, name: str) -> tuple[str, TagConfig] | None:
    """The connection and tag that an interlock means by `name`: one of its own connection, or `connection/tag`."""
    own = connections.get(here, {}).get(name)
    if own is not None:
        return here, own
    other, _, rest = name.partition("/")
    tag = connections.get(other, {}).get(rest)
    return None if tag is None else (other, tag)


def by_name(connections: Sequence[ConnectionConfig]) -> dict[str, dict[str, TagConfig]]:
    """Tags by connection and name."""
    return {conn.id: {tag.name: tag for tag in conn.tags} for conn in connections}


def check_write_rules(connections: Sequence[tuple[str, ConnectionConfig]]) -> Iterator[Problem]:
    """Problems of every write rule; `connections` with their places in the document."""
    known = by_name([conn for _, conn in connections])
    for path, conn in connections:
        manifest = registry.manifests().get(conn.driver)
        writes = manifest is not None and "write" in manifest.abilities
        for at, tag in enumerate(conn.tags):
            if tag.write is None:
                continue
            here = pointer(pointer(pointer(path, "tags"), at), "write")
            if not writes:
                yield Problem(
                    "write.driver", here, f"the driver '{conn.driver}' does not write", "Remove 'write' from this tag."
                )
            yield from _interlock(known, conn, tag, here)


def _interlock(
    known: Mapping[str, Mapping[str, TagConfig]], conn: ConnectionConfig, tag: TagConfig, here: str
) -> Iterator[Problem]:
    rule = tag.write
    if rule is None or not rule.interlock:
        return
    variables: dict[str, VarType] = {}
    for name, key in rule.interlock_tags.items():
        found = found_tag(known, conn.id, key)
        if found is None:
            yield Problem(
                "write.interlock_tag", pointer(pointer(here, "interlock_tags"), name), f"there is no tag '{key}'",
                suggestion(key, known.get(conn.id, {})) or "Name a tag of this connection, or connection/tag.",
            )  # fmt: skip
            continue
        variables[name] = VarType(_TYPES[found[1].kind], found[1].unit)  # type: ignore[arg-type]
    judged = check(rule.interlock, variables)
    for problem in judged.problems:
        said, hint = explain(problem)
        yield Problem("write.interlock", pointer(here, "interlock"), said, hint)
    if not judged.problems and judged.type not in ("boolean", "any"):
        yield Problem(
            "write.interlock", pointer(here, "interlock"), f"an interlock is true or false, this is a {judged.type}",
            "Compare it with something, for example: speed < 10.",
        )  # fmt: skip
