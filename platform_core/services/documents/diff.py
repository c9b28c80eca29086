"""What has changed between two versions of an app, in the words of those who build it.

Not a comparison of lines: elements added, removed, moved, their settings, bindings, actions and rights; pages, menu,
theme, parameters. Each change has a place (page, element, JSON pointer) and what was before and after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, block_of, kind_of, page_of, test_of
from platform_core.services.documents.diff_words import words
from platform_core.services.documents.findings import pointer
from platform_core.services.documents.parsed import Files

Operation = Literal["added", "removed", "changed", "moved"]
Subject = Literal[
    "page", "block", "test", "element", "place", "property", "binding", "action", "access", "nav", "theme", "app",
    "parameter", "state", "role", "kiosk", "code_block",
    "document",
]  # fmt: skip

CHANGES_MAX = 5000
_MISSING: Any = object()
_PAGE_SUBJECTS: dict[str, Subject] = {"access": "access", "params": "parameter", "state": "state"}
_APP_SUBJECTS: dict[str, Subject] = {
    "nav": "nav", "theme": "theme", "access": "access", "params": "parameter", "state": "state", "roles": "role",
    "kiosk": "kiosk", "code_blocks": "code_block",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change. ``path`` is a JSON pointer into ``{"app.json": …, "pages/<id>.json": …}``."""

    op: Operation
    subject: Subject
    path: str
    page: str | None
    block: str | None
    element: str | None
    before: Any
    after: Any
    text: dict[str, str]

    def as_json(self) -> dict[str, Any]:
        """As the API gives it."""
        return {
            "op": self.op,
            "subject": self.subject,
            "path": self.path,
            "page": self.page,
            "block": self.block,
            "element": self.element,
            "before": self.before,
            "after": self.after,
            "text": self.text,
        }


def diff(before: Files, after: Files, components: ComponentCatalog) -> list[Change]:
    """All changes that lead from one to the other; empty exactly when the documents are the same."""
    found: list[Change] = []
    for path in sorted({*before, *after}, key=_order):
        file = _Files(components, path)
        old, new = before.get(path, _MISSING), after.get(path, _MISSING)
        changes = list(islice(file.changes(old, new), CHANGES_MAX))
        if not changes and not _same(old, new):  # a place without element, and whatever else has no words
            changes = [file.change("changed", "document", "", None, None, name=path)]
        found += changes
    return found[:CHANGES_MAX]


def diff_blocks(
    path: str, before: Mapping[str, Any], after: Mapping[str, Any], components: ComponentCatalog
) -> list[Change]:
    """What leads from one version of a block to another, without its number and note, which always differ.

    The words do not name the block: whoever asks knows it.
    """
    own = {name: after[name] for name in ("version", "note") if name in after}
    old = {name: value for name, value in before.items() if name not in ("version", "note")} | own
    return list(islice(_Files(components, path, is_named=False).changes(old, after), CHANGES_MAX))


def _order(path: str) -> tuple[int, str]:
    return (0 if path == APP_FILE else 1, path)


def _differences(before: Any, after: Any, names: set[str]) -> Iterator[tuple[str, Any, Any]]:
    old = before if isinstance(before, Mapping) else {}
    new = after if isinstance(after, Mapping) else {}
    for name in sorted(names or {*old, *new}):
        a, b = old.get(name, _MISSING), new.get(name, _MISSING)
        if not _same(a, b):
            yield name, a, b


def _same(a: Any, b: Any) -> bool:
    """Equal as JSON: ``true`` is not 1."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(_same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(_same, a, b))
    return isinstance(a, bool) == isinstance(b, bool) and bool(a == b)


def _op(before: Any, after: Any) -> Operation:
    if before is _MISSING:
        return "added"
    return "removed" if after is _MISSING else "changed"


@dataclass(frozen=True, slots=True)
class _Files:
    """Comparing one file."""

    components: ComponentCatalog
    path: str
    #: Whether the words say which file it is.
    is_named: bool = True

    def changes(self, before: Any, after: Any) -> Iterator[Change]:
        """Changes of this file."""
        if _same(before, after):
            return
        kind = kind_of(self.path)
        if before is _MISSING or after is _MISSING:
            subject: Subject = kind if kind in ("page", "block", "test") else "document"
            shown = after if before is _MISSING else before
            yield self.change(
                _op(before, after), subject, "", _title(before), _title(after), name=_name(shown, self.path)
            )
        elif not isinstance(before, Mapping) or not isinstance(after, Mapping):
            yield self.change("changed", "document", "", before, after, name=self.path)
        elif kind == "app":
            for name, a, b in _differences(before, after, set()):
                yield from self.members(name, a, b, _APP_SUBJECTS.get(name, "app"))
        elif kind == "test":
            yield self.change("changed", "test", "", _title(before), _title(after), name=_name(after, self.path))
        else:
            yield from self.page(before, after)

    def members(self, name: str, before: Any, after: Any, subject: Subject) -> Iterator[Change]:
        """A member of app.json or of a page; of named things (parameters, states) each one."""
        at = pointer(name)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            for key, a, b in _differences(before, after, set()):
                label = f"{name}.{key}" if self.is_named and subject != "code_block" else key
                yield self.change(_op(a, b), subject, at + pointer(key), a, b, name=label)
        else:
            yield self.change(_op(before, after), subject, at, before, after, name=name)

    def page(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
        """A page or a block: what it says of itself, its elements, their places."""
        kind: Subject = "block" if block_of(self.path) else "page"
        for name, a, b in _differences(before, after, {*before, *after} - {"elements", "layout"} or {"id"}):
            yield from self.members(name, a, b, _PAGE_SUBJECTS.get(name, kind))
        for element_id, a, b in _differences(before.get("elements"), after.get("elements"), set()):
            yield from self.element(element_id, a, b)
        yield from self.layout(before, after)

    def element(self, element_id: str, before: Any, after: Any) -> Iterator[Change]:
        """An element: as a whole, or each thing that is different about it."""
        at = pointer("elements", element_id)
        label = self.label(before if after is _MISSING else after)
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            yield self.change(_op(before, after), "element", at, before, after, element=element_id, label=label)
            return
        subjects: dict[str, Subject] = {"props": "property", "bind": "binding", "events": "action", "access": "access"}
        for name, a, b in _differences(before, after, set()):
            inside = subjects.get(name)
            if inside is None:
                op: Operation = "moved" if name == "parent" else _op(a, b)
                subject: Subject = "place" if name == "parent" else "element"
                yield self.change(op, subject, at + pointer(name), a, b, element=element_id, label=label, name=name)
                continue
            for key, x, y in _differences(a, b, set()):
                where = at + pointer(name, key)
                yield self.change(
                    _op(x, y), inside, where, x, y, element=element_id, label=label, name=self.named(after, inside, key)
                )

    def layout(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
        """Places of elements that are on both sides, and how areas are laid out."""
        old, new = dict(_areas(before.get("layout"))), dict(_areas(after.get("layout")))
        both = set(_mapping(before.get("elements"))) & set(_mapping(after.get("elements")))
        for at in sorted({*old, *new}):
            a, b = _mapping(old.get(at)), _mapping(new.get(at))
            for element_id, x, y in _differences(a.get("items"), b.get("items"), set()):
                if element_id not in both:
                    continue
                where = "/layout" + at + pointer("items", element_id)
                label = self.label(_mapping(after.get("elements")).get(element_id))
                yield self.change("moved", "place", where, x, y, element=element_id, label=label, name=_breakpoint(at))
            for name, x, y in _differences(a, b, ({*a, *b} - {"items", "slots"}) or {"kind"}):
                yield self.change(_op(x, y), "place", "/layout" + at + pointer(name), x, y, name=f"{at[1:]} {name}")

    def change(
        self,
        op: Operation,
        subject: Subject,
        at: str,
        before: Any,
        after: Any,
        *,
        element: str | None = None,
        label: Mapping[str, str] | None = None,
        name: str = "",
    ) -> Change:
        """A change with its words."""
        old = None if before is _MISSING else before
        new = None if after is _MISSING else after
        block = block_of(self.path)
        shown = f"{block[0]}.{block[1]}" if block else None
        place = page_of(self.path) or shown or test_of(self.path)
        text = words(op, subject, place=place if self.is_named else None, label=label, name=name, before=old, after=new)
        return Change(op, subject, pointer(self.path) + at, page_of(self.path), shown, element, old, new, text)

    def label(self, element: Any) -> dict[str, str]:
        """How people call an element: its name, its title, or that of its component."""
        if not isinstance(element, Mapping):
            return {"en": "element", "zh-CN": "元素"}
        kind = str(element.get("type", ""))
        manifest = self.components.manifests.get(kind)
        of_kind = dict(manifest.meta.name) if manifest else {"en": kind, "zh-CN": kind}
        title = element.get("name") or _mapping(element.get("props")).get("title")
        labels = {}
        for language in ("en", "zh-CN"):
            own = title.get(language) or title.get("en") if isinstance(title, Mapping) else title
            base = of_kind.get(language) or of_kind.get("en", kind)
            labels[language] = f"{base} “{own}”" if isinstance(own, str) and own else base
        return labels

    def named(self, element: Mapping[str, Any], inside: Subject, key: str) -> str:
        """A property, input or event by its id, without the slash of its pointer."""
        return key.removeprefix("/") if inside == "binding" else key


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _areas(layout: Any) -> Iterator[tuple[str, Any]]:
    """Every area with its pointer: of pages per breakpoint, of blocks the layout itself; then the slots."""
    if not isinstance(layout, Mapping):
        return
    tops = [("", layout)] if "kind" in layout else [(pointer(name), area) for name, area in layout.items()]
    for at, area in tops:
        if not isinstance(area, Mapping):
            continue
        yield at, area
        for key, inside in _mapping(area.get("slots")).items():
            yield at + pointer("slots", key), inside


def _breakpoint(at: str) -> str:
    return at.split("/")[1] if at else ""


def _title(document: Any) -> Any:
    if not isinstance(document, Mapping):
        return None if document is _MISSING else document
    return document.get("title") or document.get("name")


def _name(document: Any, path: str) -> str:
    title = _title(document)
    if isinstance(title, Mapping):
        return str(title.get("en") or next(iter(title.values()), path))
    return str(title or path)
