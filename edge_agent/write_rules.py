"""Problems of write rules that only show beside the other tags: interlocks that name what is not there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Judged:
    """A connection with the tags that are right by themselves, whether or not the rest of it is."""

    path: str
    id: str
    driver: str
    tags: Sequence[TagConfig]
    places: Sequence[int]
    """Where the tags stand in the document's list."""
    unsound: Collection[str] | None = ()
    """Names of tags that have problems of their own; None: there may be tags that are not known."""

    def may_have(self, name: str) -> bool:
        """Whether there may be such a tag that is told of elsewhere."""
        return self.unsound is None or name in self.unsound


def check_write_rules(connections: Sequence[Judged]) -> Iterator[Problem]:
    """Problems of every write rule. That a rule looks at a tag with problems of its own is not told: those are."""
    for one in connections:
        manifest = registry.manifests().get(one.driver)
        # That there is no such driver is told by itself.
        writes = manifest is None or "write" in manifest.abilities
        for place, tag in zip(one.places, one.tags, strict=True):
            if tag.write is None:
                continue
            here = pointer(pointer(pointer(one.path, "tags"), place), "write")
            if not writes:
                yield Problem(
                    "write.driver", here, f"the driver '{one.driver}' does not write", "Remove 'write' from this tag."
                )
            yield from _interlock(connections, one, tag, here)


def _doubtful(connections: Sequence[Judged], here: Judged, key: str) -> bool:
    name, _, rest = key.partition("/")
    meant = [one.may_have(rest) for one in connections if one.id == name]
    return key in (here.unsound or ()) or (any(meant) if meant else here.may_have(key))


def _near(known: Mapping[str, Mapping[str, TagConfig]], here: str, key: str) -> str:
    other = key.partition("/")[0]
    others = [f"{other}/{name}" for name in known.get(other, {})]
    return suggestion(key, others or known.get(here, {}))


def _interlock(connections: Sequence[Judged], conn: Judged, tag: TagConfig, here: str) -> Iterator[Problem]:
    rule = tag.write
    if rule is None or not rule.interlock:
        return
    known = {one.id: {tag.name: tag for tag in one.tags} for one in connections}
    variables: dict[str, VarType] = {}
    for name, key in rule.interlock_tags.items():
        found = found_tag(known, conn.id, key)
        if found is not None:
            variables[name] = VarType(_TYPES[found[1].kind], found[1].unit)  # type: ignore[arg-type]
            continue
        variables[name] = VarType("any")
        if not _doubtful(connections, conn, key):
            yield Problem(
                "write.interlock_tag", pointer(pointer(here, "interlock_tags"), name), f"there is no tag '{key}'",
                _near(known, conn.id, key) or "Name a tag of this connection, or connection/tag.",
            )  # fmt: skip
    judged = check(rule.interlock, variables)
    for problem in judged.problems:
        said, hint = explain(problem)
        yield Problem("write.interlock", pointer(here, "interlock"), said, hint)
    if not judged.problems and judged.type not in ("boolean", "any"):
        yield Problem(
            "write.interlock", pointer(here, "interlock"), f"an interlock is true or false, this is a {judged.type}",
            "Compare it with something, for example: speed < 10.",
        )  # fmt: skip
