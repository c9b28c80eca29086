"""YAML with the place of every node: plain data, the line of each JSON pointer, keys given twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from schemas.errors import ConfigError, Problem

DEPTH_MAX = 40
NODES_MAX = 2_000_000


@dataclass(slots=True)
class Located:
    """A document: its data, the line (from 1) of every pointer, and what is wrong with it as YAML."""

    data: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: str) -> int | None:
        """Line of a pointer, or of the nearest thing around it that is in the file."""
        while path and path not in self.lines:
            path = path.rpartition("/")[0]
        return self.lines.get(path)


def pointer(path: str, part: object) -> str:
    """A JSON pointer one step deeper (RFC 6901 escapes)."""
    return f"{path}/{str(part).replace('~', '~0').replace('/', '~1')}"


def read_yaml(text: str) -> Located:
    """Reads one YAML document. Raises ConfigError where it is no YAML at all."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        problem = Problem(
            "yaml.syntax",
            "",
            f"not valid YAML: {error.problem}",
            _syntax_hint(text, line),
            line,
            {"why": str(error.problem)},
        )
        raise ConfigError("yaml.syntax", "the file is not valid YAML", problems=[problem]) from error
    except (yaml.YAMLError, RecursionError) as error:
        problem = Problem("yaml.syntax", "", f"not readable as YAML: {error}")
        raise ConfigError("yaml.syntax", "the file is not valid YAML", problems=[problem]) from error
    located = Located()
    if node is not None:
        located.data = _Reader(located).value(node, "", 0)
    return located


def _syntax_hint(text: str, line: int | None) -> str:
    lines = text.splitlines()
    if line and line <= len(lines) and "\t" in lines[line - 1]:
        return "Indent with spaces, not with tabs."
    return "Check the indentation and quotes here and on the line above."


class _Reader:
    def __init__(self, located: Located) -> None:
        self._located = located
        self._scalars = yaml.SafeLoader("")
        self._nodes = 0

    def value(self, node: yaml.Node, path: str, depth: int) -> Any:
        self._nodes += 1
        # Aliases can make a small file a huge one.
        if depth > DEPTH_MAX or self._nodes > NODES_MAX:
            raise ConfigError("yaml.too_large", "the file is nested too deeply or too large")
        self._located.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, pointer(path, at), depth + 1) for at, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _scalar(self, node: yaml.Node, path: str) -> Any:
        if not node.tag.startswith("tag:yaml.org,2002:"):
            self._complain("yaml.tag", path, f"the tag {node.tag} has no meaning here", "Write the plain value.", node)
            return None
        if node.tag.endswith(":timestamp"):
            return node.value
        try:
            return self._scalars.construct_object(node)
        except (yaml.YAMLError, ValueError) as error:
            self._complain("yaml.value", path, f"{node.value!r} cannot be read: {error}", "Put it in quotes.", node)
            return None

    def _mapping(self, node: yaml.MappingNode, path: str, depth: int) -> dict[str, Any]:
        out: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = pointer(path, key)
            line = key_node.start_mark.line + 1
            if key in out:
                self._complain(
                    "yaml.duplicate_key", here, f"'{key}' is given twice (first on line {first[key]})",
                    "Keep one of the two.", key_node,
                )  # fmt: skip
                continue
            first[key] = line
            self._located.lines[here] = line
            out[key] = self.value(value_node, here, depth + 1)
        return out

    def _complain(self, code: str, path: str, message: str, hint: str, node: yaml.Node) -> None:
        self._located.problems.append(Problem(code, path, message, hint, node.start_mark.line + 1))
