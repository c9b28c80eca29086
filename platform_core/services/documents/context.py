"""What the parts of an app know of each other while they are checked.

The findings of a page depend on the page, the installed components and its ``Context``, on nothing else: that is why
they may be kept until one of these changes. What is not in the context cannot be asked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from platform_core.services.documents.findings import Finding
from platform_core.services.documents.lint import Plant, steps_of
from platform_core.services.documents.parsed import block_key, is_composite
from schemas.models.action import NavigateAction, OpenDialogAction
from schemas.models.app import AppDocument, PageDocument, PageParam
from schemas.models.base import Document
from schemas.models.composite import CompositeDocument, CompositeParam
from schemas.models.element import Element

BlockKey = tuple[str, int]
PAGE_NAME_LENGTH_MAX = 40


@dataclass(frozen=True, slots=True)
class PageLink:
    """What other files may ask about a page."""

    params: frozenset[str]
    parent: str | None


@dataclass(frozen=True, slots=True)
class BlockLink:
    """What other files may ask about a block: its parameters (name → type) and the blocks inside it."""

    id: str
    params: Mapping[str, str]
    inner: frozenset[BlockKey]


@dataclass(frozen=True, slots=True)
class AppLink:
    """What pages and blocks may ask about app.json: parameters and roles with their kinds, and its states."""

    params: Mapping[str, str]
    roles: Mapping[str, str]
    states: frozenset[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says on its own: its faults of structure, and what is asked about it elsewhere."""

    findings: tuple[Finding, ...]
    link: PageLink | BlockLink | None = None
    states: frozenset[str] = frozenset()
    #: Pages its steps and properties lead to, and the types of its elements.
    leads_to: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Context:
    """Everything around one page or block that its findings depend on. ``page_ids`` and ``block_ids`` are there as
    files, readable or not: a reference to a broken page is not a dead link.
    """

    app: AppLink | None
    pages: Mapping[str, PageLink]
    page_ids: frozenset[str]
    page_states: frozenset[str]
    blocks: Mapping[BlockKey, BlockLink]
    block_ids: frozenset[BlockKey]
    media: frozenset[str] | None
    plant: Plant | None

    @cached_property
    def digest(self) -> str:
        """The same for contexts that say the same."""
        app = self.app
        said: list[Any] = [
            None if app is None else [sorted(app.params.items()), sorted(app.roles.items()), sorted(app.states)],
            sorted([page, sorted(link.params), link.parent] for page, link in self.pages.items()),
            sorted(self.page_ids),
            sorted(self.page_states),
            sorted([*key, b.id, sorted(b.params.items()), sorted(b.inner)] for key, b in self.blocks.items()),
            sorted(self.block_ids),
            None if self.media is None else sorted(self.media),
            None
            if self.plant is None
            else [sorted(self.plant.assets), _signals(self.plant), sorted(self.plant.kinds.items())],
        ]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _signals(plant: Plant) -> list[Any]:
    return sorted([*signal, writable] for signal, writable in plant.signals.items())


def param_types(params: Mapping[str, PageParam] | Mapping[str, CompositeParam]) -> dict[str, str]:
    """Parameter → type."""
    return {name: spec.type for name, spec in params.items()}


def app_link(app: AppDocument | None) -> AppLink | None:
    """What is asked about app.json. Of a role that is listed twice the first counts."""
    if app is None:
        return None
    roles: dict[str, str] = {}
    for need in app.roles:
        roles.setdefault(need.role, need.kind)
    return AppLink(param_types(app.params), roles, frozenset(app.state))


def sheet_of(document: Document | None, findings: list[Finding]) -> Sheet:
    """A file on its own."""
    if isinstance(document, PageDocument):
        page = PageLink(frozenset(document.params), document.parent)
        return Sheet(tuple(findings), page, frozenset(document.state), *_elements(document.elements))
    if isinstance(document, CompositeDocument):
        inner = frozenset(block_key(element) for element in document.elements.values() if is_composite(element))
        block = BlockLink(document.id, param_types(document.params), inner)
        return Sheet(tuple(findings), block, frozenset(), *_elements(document.elements))
    return Sheet(tuple(findings))


def _elements(elements: Mapping[str, Element]) -> tuple[frozenset[str], frozenset[str]]:
    leads_to = frozenset(name for element in elements.values() for name in _leads_to(element))
    return leads_to, frozenset(element.type for element in elements.values())


def _leads_to(element: Element) -> Iterator[str]:
    for _, step in steps_of(element):
        if isinstance(step, NavigateAction | OpenDialogAction):
            yield step.page
    for value in element.props.values():
        if isinstance(value, str) and len(value) <= PAGE_NAME_LENGTH_MAX:
            yield value
