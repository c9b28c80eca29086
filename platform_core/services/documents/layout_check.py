"""Places: every item is an element, inside the container its key names, and no two lie on each other."""

from __future__ import annotations

from collections.abc import Iterator

from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.parsed import variants
from platform_core.services.documents.references import Scope, slot_spec
from schemas.models.component import SlotSpec
from schemas.models.layout import FreeArea, FreeLayout, GridArea, GridItem, GridLayout, PageLayout

OVERLAP_CHECK_MAX = 600


def check_layout(scope: Scope, layout: PageLayout) -> Iterator[Finding]:
    """All breakpoints of a page."""
    for name, area in (("lg", layout.lg), ("md", layout.md), ("sm", layout.sm)):
        if area is not None:
            yield from check_area(scope, scope.base + pointer("layout", name), area)
    yield from _unplaced(scope, layout.lg)


def check_area(scope: Scope, at: str, layout: GridLayout | FreeLayout) -> Iterator[Finding]:
    """One breakpoint of a page, or the inside of a block."""
    yield from _items(scope, at, layout, None)
    for key, area in layout.slots.items():
        holder, _, slot = key.partition("/")
        where = at + pointer("slots", key)
        element = scope.elements.get(holder)
        if element is None:
            yield finding("reference.element", where, id=holder)
            continue
        slots = scope.slots_of(element)
        spec = None
        if slots is not None:
            spec = slot_spec(slots, slot)
            if spec is None:
                yield finding("reference.slot", where, type=element.type, slot=slot, known=variants(slots))
                continue
        yield from _items(scope, where, area, (holder, slot))
        if spec is not None:
            yield from _capacity(scope, where, area, holder, slot, spec)


def _items(scope: Scope, at: str, area: GridArea | FreeArea, inside: tuple[str, str] | None) -> Iterator[Finding]:
    for element_id in area.items:
        where = at + pointer("items", element_id)
        element = scope.elements.get(element_id)
        if element is None:
            yield finding("reference.element", where, id=element_id)
            continue
        parent = None if element.parent is None else (element.parent.id, element.parent.slot)
        if parent != inside:
            holder, slot = inside or ("", "")
            yield finding("reference.slot_holder", where, id=element_id, holder=holder, slot=slot)
    if isinstance(area, GridArea):
        yield from _overlaps(at, area)


def _capacity(
    scope: Scope, at: str, area: GridArea | FreeArea, holder: str, slot: str, spec: SlotSpec
) -> Iterator[Finding]:
    inside = [e for e in scope.elements.values() if e.parent and (e.parent.id, e.parent.slot) == (holder, slot)]
    if len(inside) > spec.items_max:
        yield finding("reference.slot_full", at, slot=slot, max=spec.items_max)
    if not spec.allow:
        return
    for element_id in area.items:
        element = scope.elements.get(element_id)
        manifest = scope.components.manifests.get(element.type) if element else None
        if manifest is not None and manifest.meta.category not in spec.allow:
            where = at + pointer("items", element_id)
            kind = scope.elements[holder].type
            yield finding("reference.slot_kind", where, type=kind, category=manifest.meta.category, slot=slot)


def _overlaps(at: str, area: GridArea) -> Iterator[Finding]:
    shown = [(name, item) for name, item in area.items.items() if not item.hidden]
    shown.sort(key=lambda pair: (pair[1].y, pair[1].x))
    for number, (name, item) in enumerate(shown[:OVERLAP_CHECK_MAX]):
        for other, beside in shown[number + 1 :]:
            if beside.y >= item.y + item.h:
                break
            if _overlap(item, beside):
                yield finding("lint.overlap", at + pointer("items", other), other=name)


def _overlap(a: GridItem, b: GridItem) -> bool:
    return a.x < b.x + b.w and b.x < a.x + a.w and a.y < b.y + b.h and b.y < a.y + a.h


def _unplaced(scope: Scope, layout: GridLayout | FreeLayout) -> Iterator[Finding]:
    placed = set(layout.items)
    for area in layout.slots.values():
        placed |= set(area.items)
    for element_id, element in scope.elements.items():
        manifest = scope.components.manifests.get(element.type)
        is_logic = manifest is not None and manifest.kind == "logic"
        if (
            element_id not in placed
            and not is_logic
            and (element.parent is None or element.parent.id in scope.elements)
        ):
            yield finding("lint.unplaced", scope.base + pointer("elements", element_id))
