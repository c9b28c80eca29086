"""Making an SVG harmless by keeping only what draws.

Read by a parser that refuses a document type (so there are no entities) and any encoding but UTF-8; written anew, so
nothing that the parser did not understand comes through. References lead inside the picture only, and what they
multiply is limited. A picture that went through once is not changed by a second time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from platform_core.services.documents.svg_allowed import (
    ATTRIBUTES,
    ELEMENTS,
    SVG_NAMESPACE,
    TEXTS,
    XLINK_NAMESPACE,
)
from platform_core.services.refusals import refusal

SIZE_MAX_BYTES = 512 << 10
ELEMENTS_MAX = 20_000
DRAWN_MAX = 60_000
DEPTH_MAX = 60
ATTRIBUTE_LENGTH_MAX = 200_000
SIDE_MAX_PX = 8192

_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]{0,119}")
_URL = re.compile(r"url\(\s*(['\"]?)#([A-Za-z_][A-Za-z0-9_.:-]{0,119})\1\s*\)")
_CSS = re.compile(r"[#A-Za-z0-9 .,%()+\-:;_'\"/*!>~=\n\r\t{}\[\]]*")
_CSS_REFUSED = re.compile(r"url\(|expression|javascript|import|behaviou?r|binding|@|\\|image-set|src\(|/\*", re.I)
_VALUE_REFUSED = re.compile(r"javascript:|vbscript:|data:|expression\s*\(|[a-z-]*url\s*\(|image-set|src\s*\(", re.I)
_NUMBER = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(px)?\s*")


@dataclass(slots=True)
class _Node:
    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[_Node | str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CleanSvg:
    """The picture as it is kept; width and height in px."""

    content: bytes
    width: int
    height: int


def clean_svg(content: bytes) -> CleanSvg:
    """The harmless picture. Raises ``ConfigError`` (``media.svg``) when it is none or asks too much."""
    if len(content) > SIZE_MAX_BYTES:
        raise refusal("media.svg/size", kib=SIZE_MAX_BYTES >> 10)
    root = _Reader().read(content)
    _check_references(root)
    width, height = _size(root)
    text = '<svg xmlns="' + SVG_NAMESPACE + '"' + "".join(_written(root))[len("<svg") :] + "\n"
    return CleanSvg(text.encode(), width, height)


class _Reader:
    """Builds the tree of what is allowed; everything else is left out with all inside it."""

    def __init__(self) -> None:
        self._root: _Node | None = None
        self._open: list[_Node | None] = []
        self._count = 0

    def read(self, content: bytes) -> _Node:
        """The root. Raises ``ConfigError``."""
        try:
            content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise refusal("media.svg/utf8") from error
        parser = expat.ParserCreate("UTF-8", " ")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.ordered_attributes = False
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declaration
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            parser.Parse(content, True)
        except expat.ExpatError as error:
            raise refusal("media.svg/xml", detail=expat.ErrorString(error.code)) from error
        if self._root is None:
            raise refusal("media.svg/root")
        return self._root

    def _doctype(self, *_: object) -> None:
        raise refusal("media.svg/doctype")

    def _declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ("utf-8", "us-ascii", "ascii"):
            raise refusal("media.svg/utf8")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > ELEMENTS_MAX or len(self._open) >= DEPTH_MAX:
            raise refusal("media.svg/elements")
        namespace, _, local = name.rpartition(" ")
        is_root = not self._open
        if is_root and (namespace != SVG_NAMESPACE or local != "svg"):
            raise refusal("media.svg/root")
        parent = self._open[-1] if self._open else None
        if namespace != SVG_NAMESPACE or local not in ELEMENTS or (parent is None and not is_root):
            self._open.append(None)
            return
        node = _Node(local, dict(_attributes(local, attributes)))
        self._open.append(node)
        if parent is None:
            self._root = node
        else:
            parent.children.append(node)

    def _end(self, _name: str) -> None:
        node = self._open.pop()
        if node is not None and node.name == "style":
            css = "".join(child for child in node.children if isinstance(child, str))
            node.children = [css] if css and _is_harmless_css(css) else []

    def _text(self, text: str) -> None:
        node = self._open[-1] if self._open else None
        if node is not None and node.name in TEXTS:
            node.children.append(text)


def _attributes(element: str, given: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in sorted(given.items()):
        namespace, _, local = name.rpartition(" ")
        if namespace not in ("", XLINK_NAMESPACE) or (namespace and local != "href"):
            continue
        if local not in ATTRIBUTES or len(value) > ATTRIBUTE_LENGTH_MAX:
            continue
        if local == "href" and (not value.startswith("#") or not _ID.fullmatch(value[1:])):
            continue
        if local == "id" and not _ID.fullmatch(value):
            continue
        if local == "style":
            if _is_harmless_css(_URL.sub("", value)):
                yield local, value
            continue
        if not _VALUE_REFUSED.search(_URL.sub("", value)):
            yield local, value


def _is_harmless_css(css: str) -> bool:
    return _CSS.fullmatch(css) is not None and _CSS_REFUSED.search(css) is None


def _check_references(root: _Node) -> None:
    """Refuse references in circles, and those that multiply what is drawn."""
    by_id: dict[str, _Node] = {}
    for node in _walk(root):
        by_id.setdefault(node.attributes.get("id", ""), node)
    costs: dict[int, int] = {}
    _cost(root, by_id, costs, set())


def _walk(root: _Node) -> Iterator[_Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(child for child in node.children if isinstance(child, _Node))


def _cost(node: _Node, by_id: dict[str, _Node], costs: dict[int, int], within: set[int]) -> int:
    key = id(node)
    if key in costs:
        return costs[key]
    if key in within or len(within) > 4 * DEPTH_MAX:
        raise refusal("media.svg/loop")
    within.add(key)
    total = 1
    for child in node.children:
        if isinstance(child, _Node):
            total += _cost(child, by_id, costs, within)
    for target in _targets(node):
        if target in by_id:
            total += _cost(by_id[target], by_id, costs, within)
    within.discard(key)
    if total > DRAWN_MAX:
        raise refusal("media.svg/references")
    costs[key] = total
    return total


def _targets(node: _Node) -> Iterator[str]:
    for name, value in node.attributes.items():
        if name == "href":
            yield value[1:]
        else:
            yield from (found[1] for found in _URL.findall(value))


def _size(root: _Node) -> tuple[int, int]:
    box = re.split(r"[\s,]+", root.attributes.get("viewBox", "").strip())
    sides: list[int] = []
    for name, place in (("width", 2), ("height", 3)):
        found = _NUMBER.fullmatch(root.attributes.get(name, ""))
        try:
            side = float(found[1]) if found else float(box[place])
        except (IndexError, ValueError, OverflowError):
            raise refusal("media.svg/no_size") from None
        if not 1 <= side <= SIDE_MAX_PX:
            raise refusal("media.svg/sides", side=SIDE_MAX_PX)
        sides.append(round(side))
    if len(box) != 4:
        root.attributes["viewBox"] = f"0 0 {sides[0]} {sides[1]}"
    return sides[0], sides[1]


def _written(node: _Node) -> Iterator[str]:
    yield f"<{node.name}"
    for name, value in sorted(node.attributes.items()):
        yield f" {name}={quoteattr(value)}"
    if not node.children:
        yield "/>"
        return
    yield ">"
    for child in node.children:
        if isinstance(child, str):
            yield escape(child)
        else:
            yield from _written(child)
    yield f"</{node.name}>"
