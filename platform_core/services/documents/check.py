"""Checking the files of an app, all findings at once: structure, properties, references, and lint.

Nothing is written and nothing outside is asked: what is installed (components, media, assets, roles) is handed in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.components.migrate import lift_files
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, block_path, page_path, test_path
from platform_core.services.documents.element_check import check_element
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.layout_check import check_area, check_layout
from platform_core.services.documents.lint import Plant, lint
from platform_core.services.documents.parsed import AppFiles, Files, block_key, is_composite, parse
from platform_core.services.documents.references import Scope, check_scope, param_types
from schemas.models.app import AppDocument, PageDocument, StateSpec
from schemas.models.app_test import AppTestDocument
from schemas.models.element import is_code_block

_STATE_TYPES: dict[str, tuple[type, ...]] = {"number": (int, float), "text": (str,), "boolean": (bool,)}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the app meets where it is checked. ``media`` None: not known; ``plant`` None: no site."""

    components: ComponentCatalog
    media: frozenset[str] | None = None
    plant: Plant | None = None


def check_files(files: Files, around: Surroundings, app_id: str | None = None) -> list[Finding]:
    """Everything found. ``app_id`` is how the app is called where it is kept; elements are lifted first."""
    parsed = parse(lift_files(files, around.components.manifests))
    parsed.media = around.media
    found = list(parsed.findings)
    for page_id, page in parsed.pages.items():
        found += _page(page_id, page, parsed, around)
    for key in parsed.blocks:
        found += _block(key, parsed, around)
    for test_id, test in parsed.tests.items():
        found += _test(test_id, test, parsed)
    if parsed.app is not None:
        found += _app(parsed.app, parsed, app_id, around)
    found += lint(parsed, around.components, around.plant)
    return found


def _page(page_id: str, page: PageDocument, files: AppFiles, around: Surroundings) -> Iterator[Finding]:
    base = pointer(page_path(page_id))
    if page.id != page_id:
        yield finding("reference.page_id", base + "/id", file=page_id, id=page.id)
    yield from _parent_page(base, page_id, files)
    yield from _states(base, page.state)
    app = files.app
    params = param_types(page.params) | (param_types(app.params) if app else {})
    states = frozenset(page.state) | frozenset(app.state if app else ())
    scope = Scope(base, page.elements, params, states, files, around.components)
    for element_id, element in page.elements.items():
        yield from check_element(base + pointer("elements", element_id), element, files, around.components)
    yield from check_scope(scope)
    yield from check_layout(scope, page.layout)


def _parent_page(base: str, page_id: str, files: AppFiles) -> Iterator[Finding]:
    parent, seen = files.pages[page_id].parent, {page_id}
    while parent is not None:
        if parent not in files.page_ids:
            yield finding("reference.page", base + "/parent", page=parent)
            return
        if parent in seen:
            yield finding("reference.parent_page", base + "/parent")
            return
        seen.add(parent)
        parent = files.pages[parent].parent if parent in files.pages else None


def _block(key: tuple[str, int], files: AppFiles, around: Surroundings) -> Iterator[Finding]:
    block = files.blocks[key]
    base = pointer(block_path(*key))
    if (block.id, block.version) != key:
        shown = {"file": f"{key[0]}.{key[1]}", "id": f"{block.id}.{block.version}"}
        yield finding("reference.page_id", base + "/id", **shown)
    if _contains_itself(key, files):
        yield finding("reference.block_cycle", base + "/elements", block=block.id)
    states = {name for page in files.pages.values() for name in page.state}
    states |= set(files.app.state if files.app else ())
    scope = Scope(
        base, block.elements, param_types(block.params), frozenset(states), files, around.components, is_block=True
    )
    for element_id, element in block.elements.items():
        yield from check_element(base + pointer("elements", element_id), element, files, around.components)
    yield from check_scope(scope)
    yield from check_area(scope, base + "/layout", block.layout)


def _contains_itself(key: tuple[str, int], files: AppFiles) -> bool:
    """Whether any version of a block is somewhere inside it: drawing would never end."""
    seen: set[tuple[str, int]] = set()
    stack = [key]
    while stack:
        block = files.blocks.get(stack.pop())
        for element in block.elements.values() if block else ():
            if is_composite(element):
                inner = block_key(element)
                if inner[0] == key[0]:
                    return True
                if inner not in seen:
                    seen.add(inner)
                    stack.append(inner)
    return False


def _test(test_id: str, test: AppTestDocument, files: AppFiles) -> Iterator[Finding]:
    base = pointer(test_path(test_id))
    if test.id != test_id:
        yield finding("reference.page_id", base + "/id", file=test_id, id=test.id)
    if test.page not in files.page_ids:
        yield finding("reference.page", base + "/page", page=test.page)
        return
    page = files.pages.get(test.page)
    if page is None:
        return
    known = set(page.params) | set(files.app.params if files.app else ())
    for name in test.params:
        if name not in known:
            yield finding("reference.page_param", base + pointer("params", name), page=test.page, name=name)
    for number, event in enumerate(test.when):
        if event.element not in page.elements:
            yield finding("reference.element", base + pointer("when", number, "element"), id=event.element)
    for number, expected in enumerate(test.expect):
        at = base + pointer("expect", number)
        if expected.element is not None and expected.element not in page.elements:
            yield finding("reference.element", at + "/element", id=expected.element)
        if expected.kind == "page" and isinstance(expected.v, str) and expected.v not in files.page_ids:
            yield finding("reference.page", at + "/v", page=expected.v)


def _states(base: str, states: Mapping[str, StateSpec]) -> Iterator[Finding]:
    for name, spec in states.items():
        value: Any = spec.default
        if value is None:
            continue
        if not isinstance(value, _STATE_TYPES[spec.type]) or (isinstance(value, bool) and spec.type != "boolean"):
            yield finding("reference.state_type", base + pointer("state", name, "default"), name=name)


def _app(app: AppDocument, files: AppFiles, app_id: str | None, around: Surroundings) -> Iterator[Finding]:
    base = pointer(APP_FILE)
    if app_id is not None and app.id != app_id:
        yield finding("reference.app_id", base + "/id", here=app_id, id=app.id)
    named = [(base + "/home", app.home)]
    named += [(base + pointer("nav", n, "page"), item.page) for n, item in enumerate(app.nav)]
    named += [(base + pointer("kiosk", n, "page"), stop.page) for n, stop in enumerate(app.kiosk)]
    for where, page in named:
        if page not in files.page_ids:
            yield finding("reference.page", where, page=page)
    yield from _kiosk_params(base, app, files)
    yield from _states(base, app.state)
    if app.theme.logo is not None and files.media is not None and app.theme.logo not in files.media:
        yield finding("reference.media", base + "/theme/logo", name=app.theme.logo)
    used = {element.type for page in files.pages.values() for element in page.elements.values()}
    used |= {element.type for block in files.blocks.values() for element in block.elements.values()}
    for name in sorted(name for name in used if is_code_block(name) and name not in app.code_blocks):
        if name in around.components.manifests:
            yield finding("code_block.unpinned", base + "/code_blocks", name=name)
    for name, pin in sorted(app.code_blocks.items()):
        known = around.components.manifests.get(name)
        if not around.components.is_empty and (known is None or known.version != pin.version):
            at = base + pointer("code_blocks", name)
            yield finding("code_block.missing", at, name=name, version=pin.version, hash=pin.hash[:16])
    missing = {name for name in used if not name.startswith("composite.")} - set(app.requires)
    if app.requires:
        for name in sorted(missing):
            yield finding("reference.requires", base + "/requires", name=name)


def _kiosk_params(base: str, app: AppDocument, files: AppFiles) -> Iterator[Finding]:
    for number, stop in enumerate(app.kiosk):
        page = files.pages.get(stop.page)
        for name in stop.params if page is not None else ():
            if page is not None and name not in page.params and name not in app.params:
                at = base + pointer("kiosk", number, "params", name)
                yield finding("reference.page_param", at, page=stop.page, name=name)
