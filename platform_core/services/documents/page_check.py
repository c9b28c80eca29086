"""One page or one block, within its context."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import block_path, page_path
from platform_core.services.documents.context import BlockKey, Context, param_types
from platform_core.services.documents.element_check import check_element
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.layout_check import check_area, check_layout
from platform_core.services.documents.references import Scope, check_scope
from schemas.models.app import RESERVED_PARAMS, PageDocument, StateSpec
from schemas.models.composite import CompositeDocument

_STATE_TYPES: dict[str, tuple[type, ...]] = {"number": (int, float), "text": (str,), "boolean": (bool,)}


def check_page(page_id: str, page: PageDocument, context: Context, components: ComponentCatalog) -> Iterator[Finding]:
    """``page_id`` is how its file is called."""
    base = pointer(page_path(page_id))
    if page.id != page_id:
        yield finding("reference.page_id", base + "/id", file=page_id, id=page.id)
    yield from _parent_page(base, page_id, context)
    yield from check_states(base, page.state)
    yield from check_param_names(base, page.params)
    app = context.app
    params = param_types(page.params) | dict(app.params if app else {})
    states = frozenset(page.state) | (app.states if app else frozenset())
    scope = Scope(base, page.elements, params, states, context, components)
    for element_id, element in page.elements.items():
        yield from check_element(base + pointer("elements", element_id), element, context, components)
    yield from check_scope(scope)
    yield from check_layout(scope, page.layout)


def check_block(
    key: BlockKey, block: CompositeDocument, context: Context, components: ComponentCatalog
) -> Iterator[Finding]:
    """``key`` is how its file is called."""
    base = pointer(block_path(*key))
    if (block.id, block.version) != key:
        shown = {"file": f"{key[0]}.{key[1]}", "id": f"{block.id}.{block.version}"}
        yield finding("reference.page_id", base + "/id", **shown)
    if _contains_itself(key, context):
        yield finding("reference.block_cycle", base + "/elements", block=block.id)
    states = context.page_states | (context.app.states if context.app else frozenset())
    scope = Scope(base, block.elements, param_types(block.params), states, context, components, is_block=True)
    for element_id, element in block.elements.items():
        yield from check_element(base + pointer("elements", element_id), element, context, components)
    yield from check_scope(scope)
    yield from check_area(scope, base + "/layout", block.layout)


def check_states(base: str, states: Mapping[str, StateSpec]) -> Iterator[Finding]:
    """First values of states."""
    for name, spec in states.items():
        value: Any = spec.default
        if value is None:
            continue
        if not isinstance(value, _STATE_TYPES[spec.type]) or (isinstance(value, bool) and spec.type != "boolean"):
            yield finding("reference.state_type", base + pointer("state", name, "default"), name=name)


def check_param_names(base: str, params: Iterable[str]) -> Iterator[Finding]:
    """Names of parameters that are kept in the address."""
    for name in params:
        if name in RESERVED_PARAMS:
            yield finding("reference.param_reserved", base + pointer("params", name), name=name)


def _parent_page(base: str, page_id: str, context: Context) -> Iterator[Finding]:
    parent, seen = context.pages[page_id].parent, {page_id}
    while parent is not None:
        if parent not in context.page_ids:
            yield finding("reference.page", base + "/parent", page=parent)
            return
        if parent in seen:
            yield finding("reference.parent_page", base + "/parent")
            return
        seen.add(parent)
        parent = context.pages[parent].parent if parent in context.pages else None


def _contains_itself(key: BlockKey, context: Context) -> bool:
    """Whether any version of a block is somewhere inside it: drawing would never end."""
    seen: set[BlockKey] = set()
    stack = [key]
    while stack:
        block = context.blocks.get(stack.pop())
        for inner in block.inner if block else ():
            if inner[0] == key[0]:
                return True
            if inner not in seen:
                seen.add(inner)
                stack.append(inner)
    return False
