"""Small edits in the text of agent.yaml: all else, comments and spacing too, stays byte for byte.

An edit works on the places of the YAML nodes. Whoever uses it reads the result again and compares: what
an edit did not mean to change must be the same (`edge_agent.configuration.source`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml

from schemas.errors import ConfigError

__all__ = ["YamlEdit", "flow"]

_BY_HAND = "Edit the file by hand, or write that part in the usual form."


def flow(value: Any) -> str:
    """A value on one line, as YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(str(key))}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(flow(one) for one in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return _number(value) if isinstance(value, float) else json.dumps(value)


def _number(value: float) -> str:
    """YAML 1.1 takes 1e-09 for a text: a float has a dot."""
    if not math.isfinite(value):
        return ".nan" if math.isnan(value) else ".inf" if value > 0 else "-.inf"
    digits, sign, exponent = repr(value).partition("e")
    return f"{digits if '.' in digits else digits + '.0'}{sign}{exponent}"


def _text(value: str) -> str:
    # A plain word where YAML cannot take it for anything else; JSON's quotes are YAML's too.
    word = re.sub(r"[_./]", "", value)
    plain = word.isascii() and word.isalnum() and word[:1].isalpha()
    if plain and yaml.safe_load(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


class YamlEdit:
    """Collects edits of one document; `text()` does them. Raises ConfigError where a part has an unusual form."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.MappingNode) or root.flow_style:
            raise ConfigError("edit.form", "the configuration is not written as lines of key: value", hint=_BY_HAND)
        self._root = root
        self._shared = _shared(root)
        self._edits: list[tuple[int, int, str]] = []

    def text(self) -> str:
        """The text with all edits done."""
        out, last = [], len(self._text)
        for start, end, new in sorted(self._edits, reverse=True):
            if end > last:
                raise ConfigError("edit.form", "two edits meet at the same place", hint=_BY_HAND)
            out += [self._text[end:last], new]
            last = start
        return "".join(reversed([*out, self._text[:last]]))

    # -- what is edited ---------------------------------------------------------------------

    def remove_tags(self, connection: int, places: set[int]) -> None:
        """Takes tags out of the list of a connection."""
        node = _child(self._connection(connection), "tags")
        if not places:
            return
        if not isinstance(node, yaml.SequenceNode) or max(places) >= len(node.value):
            raise ConfigError("edit.form", "the tags of the connection are not a list here", hint=_BY_HAND)
        self._own(node, [node, *node.value])
        if node.flow_style:
            self._remove_flow(node, places)
            return
        if len(places) == len(node.value):
            # An empty list stands behind its key: at the place of the items it might be less indented than allowed.
            key = next(key for key, value in self._connection(connection).value if value is node)
            colon = self._text.index(":", key.end_mark.index) + 1
            self._edits.append((colon, colon, " []"))
        for place in sorted(places):
            start = self._line_start(self._dash(node.value[place]))
            self._edits.append((start, self._line_end(self._end(node.value[place])), ""))

    def set_tags_file(self, connection: int, name: str) -> None:
        """Gives a connection its file of tags."""
        node = self._connection(connection)
        if _child(node, "tags_file") is not None:
            raise ConfigError("edit.form", "the connection has a tags_file already")
        if node.flow_style:
            at = self._end(node) - 1
            self._edits.append((at, at, f", tags_file: {flow(name)}"))
            return
        key, value = next(pair for pair in node.value if pair[0].value == "id")
        indent = " " * key.start_mark.column
        self._insert_line(self._line_end(self._end(value)), f"{indent}tags_file: {flow(name)}")

    def set_config(self, connection: int, settings: Mapping[str, Any]) -> None:
        """Gives the driver of a connection settings, in place of those it has by the same names."""
        if not settings:
            return
        node = self._connection(connection)
        config = _child(node, "config")
        if config is None:
            self._first_config(node, settings)
            return
        if not isinstance(config, yaml.MappingNode):
            raise ConfigError("edit.form", "the config of the connection is not a mapping", hint=_BY_HAND)
        self._own(node, [config])
        known = {key.value: (key, value) for key, value in config.value}
        for name in settings.keys() & known.keys():
            key, value = known[name]
            self._own(config, [key, value])
            colon = self._text.index(":", key.end_mark.index) + 1
            self._edits.append((colon, self._end(value), f" {flow(settings[name])}"))
        new = [f"{flow(name)}: {flow(value)}" for name, value in settings.items() if name not in known]
        if config.flow_style and new:
            at = self._end(config) - 1
            self._edits.append((at, at, ", ".join(["", *new] if config.value else new)))
        elif new:
            indent = " " * config.value[0][0].start_mark.column
            self._insert_line(self._line_end(self._end(config)), self._newline.join(f"{indent}{one}" for one in new))

    def append(self, section: str, items: Sequence[str]) -> None:
        """Adds items (each the lines of one, not indented) to the list of a section, which is made where missing."""
        if not items:
            return
        node = _child(self._root, section)
        if node is None or (isinstance(node, yaml.SequenceNode) and not node.value):
            self._first_items(section, node, items)
            return
        if not isinstance(node, yaml.SequenceNode) or node.flow_style:
            raise ConfigError("edit.form", f"{section} is not written as a list of lines", hint=_BY_HAND)
        self._own(node, node.value)
        dash = self._dash(node.value[0])
        indent = " " * (dash - self._line_start(dash))
        block = self._newline.join(_as_item(item, indent, self._newline) for item in items)
        self._insert_line(self._line_end(self._end(node.value[-1])), block)

    # -- places -----------------------------------------------------------------------------

    def _connection(self, place: int) -> yaml.MappingNode:
        node = _child(self._root, "connections")
        if not isinstance(node, yaml.SequenceNode):
            raise ConfigError("edit.form", "connections is not a list", hint=_BY_HAND)
        one = node.value[place]
        self._own(node, [node, one])
        if not isinstance(one, yaml.MappingNode):
            raise ConfigError("edit.form", "the connection is not a mapping", hint=_BY_HAND)
        return one

    def _first_config(self, node: yaml.MappingNode, settings: Mapping[str, Any]) -> None:
        line = f"config: {flow(dict(settings))}"
        if node.flow_style:
            at = self._end(node) - 1
            self._edits.append((at, at, f", {line}"))
            return
        key, value = next(pair for pair in node.value if pair[0].value == "id")
        self._insert_line(self._line_end(self._end(value)), " " * key.start_mark.column + line)

    def _own(self, parent: yaml.Node, children: Iterable[yaml.Node]) -> None:
        """Refuses nodes that are written elsewhere (`*alias`)."""
        for node in children:
            if (
                id(node) in self._shared
                or not parent.start_mark.index <= node.start_mark.index <= parent.end_mark.index
            ):
                raise ConfigError("edit.form", "that part of the file uses an alias (*name)", hint=_BY_HAND)

    def _first_items(self, section: str, node: yaml.Node | None, items: Sequence[str]) -> None:
        block = self._newline.join(_as_item(item, "  ", self._newline) for item in items)
        if node is not None:
            key = next(key for key, value in self._root.value if value is node)
            colon = self._text.index(":", key.end_mark.index) + 1
            self._edits.append((colon, self._end(node), ""))
            self._insert_line(self._line_end(self._end(node)), block)
            return
        end = len(self._text.rstrip("\ufeff \r\n\t"))
        for marker in ("\n...", "\n---"):
            if marker in self._text[1:end]:
                raise ConfigError("edit.form", "the file has a document marker at its end", hint=_BY_HAND)
        place = self._line_end(end)
        self._insert_line(place, f"{section}:{self._newline}{block}")

    def _remove_flow(self, node: yaml.SequenceNode, places: set[int]) -> None:
        items = node.value
        if len(places) == len(items):
            self._edits.append((node.start_mark.index, self._end(node), "[]"))
            return
        kept = [place for place in range(len(items)) if place not in places]
        tail = kept[-1]
        for place in sorted(places):
            if place < tail:
                self._edits.append((items[place].start_mark.index, items[place + 1].start_mark.index, ""))
        if tail < len(items) - 1:
            self._edits.append((self._end(items[tail]), self._end(items[-1]), ""))

    def _dash(self, item: yaml.Node) -> int:
        """Where the dash of an item of a block list stands."""
        at = self._text.rfind("-", 0, item.start_mark.index)
        between = self._text[at + 1 : item.start_mark.index]
        # An anchor (&name) may stand between: then the item is meant elsewhere too.
        if at < 0 or between.strip():
            raise ConfigError("edit.form", "an item of the list has an unusual beginning", hint=_BY_HAND)
        return at

    def _end(self, node: yaml.Node) -> int:
        """End of what is written of a node; a block's own mark lies behind the comments that follow it."""
        end: int = node.end_mark.index
        if isinstance(node, yaml.ScalarNode):
            return len(self._text[:end].rstrip()) if node.style in ("|", ">") else end
        if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
            return end
        last = node.value[-1]
        pair = last if isinstance(last, tuple) else (last,)
        if any(id(one) in self._shared and not node.start_mark.index <= one.start_mark.index <= end for one in pair):
            return len(self._text[:end].rstrip())  # *alias: what it stands for is written elsewhere
        return max(self._end(one) for one in pair)

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _line_end(self, at: int) -> int:
        """Behind the line break of the line that `at` is on."""
        found = self._text.find("\n", at)
        return len(self._text) if found < 0 else found + 1

    def _insert_line(self, at: int, line: str) -> None:
        head = self._newline if at == len(self._text) and not self._text.endswith("\n") else ""
        self._edits.append((at, at, f"{head}{line}{self._newline}"))


def _shared(root: yaml.Node) -> frozenset[int]:
    """Identities of the nodes that stand in the document more than once, by an alias."""
    seen: set[int] = set()
    shared: set[int] = set()
    waiting: list[yaml.Node] = [root]
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            shared.add(id(node))
            continue
        seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            waiting += [one for pair in node.value for one in pair]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
    return frozenset(shared)


def _child(node: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in node.value if name.value == key), None)


def _as_item(item: str, indent: str, newline: str) -> str:
    first, *rest = item.split("\n")
    return newline.join([f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)])
