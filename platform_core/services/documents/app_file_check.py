"""app.json, and the app's own tests."""

from __future__ import annotations

from collections.abc import Iterator, Set

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, test_path
from platform_core.services.documents import engine_range
from platform_core.services.documents.app_test_places import Place, find_element
from platform_core.services.documents.context import Context
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.page_check import check_param_names, check_states
from platform_core.services.documents.parsed import is_composite, variants
from platform_core.services.documents.source import Documents
from schemas.models.app import AppDocument
from schemas.models.app_test import AppTestDocument
from schemas.models.element import COMPOSITE_PREFIX, Element, is_code_block


def check_app_file(app: AppDocument, context: Context, types: Set[str], app_id: str | None) -> Iterator[Finding]:
    """``types`` are those of all elements; ``app_id`` is how the app is called where it is kept."""
    base = pointer(APP_FILE)
    if app_id is not None and app.id != app_id:
        yield finding("reference.app_id", base + "/id", here=app_id, id=app.id)
    program = engine_range.program_version()
    if app.engine is not None and engine_range.misfit(app.engine, program):
        yield finding("app.engine", base + "/engine", wanted=app.engine, program=program)
    named = [(base + "/home", app.home)]
    named += [(base + pointer("nav", n, "page"), item.page) for n, item in enumerate(app.nav)]
    named += [(base + pointer("kiosk", n, "page"), stop.page) for n, stop in enumerate(app.kiosk)]
    for where, page in named:
        if page not in context.page_ids:
            yield finding("reference.page", where, page=page)
    yield from _kiosk_params(base, app, context)
    yield from check_states(base, app.state)
    yield from check_param_names(base, app.params)
    if app.theme.logo is not None and context.media is not None and app.theme.logo not in context.media:
        yield finding("reference.media", base + "/theme/logo", name=app.theme.logo)
    missing = {name for name in types if not name.startswith(COMPOSITE_PREFIX)} - set(app.requires)
    if app.requires:
        for name in sorted(missing):
            yield finding("reference.requires", base + "/requires", name=name)


def check_code_blocks(app: AppDocument, types: Set[str], components: ComponentCatalog) -> Iterator[Finding]:
    """The exact versions of blocks of other makers: named where they are used, and installed."""
    base = pointer(APP_FILE)
    for name in sorted(name for name in types if is_code_block(name) and name not in app.code_blocks):
        if name in components.manifests:
            yield finding("code_block.unpinned", base + "/code_blocks", name=name)
    for name, pin in sorted(app.code_blocks.items()):
        known = components.manifests.get(name)
        if not components.is_empty and (known is None or known.version != pin.version):
            at = base + pointer("code_blocks", name)
            yield finding("code_block.missing", at, name=name, version=pin.version, hash=pin.hash[:16])


def _kiosk_params(base: str, app: AppDocument, context: Context) -> Iterator[Finding]:
    for number, stop in enumerate(app.kiosk):
        page = context.pages.get(stop.page)
        for name in stop.params if page is not None else ():
            if page is not None and name not in page.params and name not in app.params:
                at = base + pointer("kiosk", number, "params", name)
                yield finding("reference.page_param", at, page=stop.page, name=name)


def check_test(
    test_id: str, test: AppTestDocument, documents: Documents, context: Context, components: ComponentCatalog
) -> Iterator[Finding]:
    """``test_id`` is how its file is called."""
    base = pointer(test_path(test_id))
    if test.id != test_id:
        yield finding("reference.page_id", base + "/id", file=test_id, id=test.id)
    if test.page not in context.page_ids:
        yield finding("reference.page", base + "/page", page=test.page)
        return
    page = documents.page(test.page)
    if page is None:
        return
    known = set(page.params) | set(context.app.params if context.app else ())
    for name in test.params:
        if name not in known:
            yield finding("reference.page_param", base + pointer("params", name), page=test.page, name=name)
    root = Place(page.elements, {}, {})
    for number, event in enumerate(test.when):
        if find_element(root, event.element, documents) is None:
            yield finding("reference.element", base + pointer("when", number, "element"), id=event.element)
    for number, expected in enumerate(test.expect):
        at = base + pointer("expect", number)
        found = None if expected.element is None else find_element(root, expected.element, documents)
        if expected.element is not None and found is None:
            yield finding("reference.element", at + "/element", id=expected.element)
        if found is not None and expected.kind == "output":
            yield from _output(at, found[0].elements[found[1]], expected.name, components)
        if expected.kind == "page" and isinstance(expected.v, str) and expected.v not in context.page_ids:
            yield finding("reference.page", at + "/v", page=expected.v)


def _output(at: str, element: Element, name: str, components: ComponentCatalog) -> Iterator[Finding]:
    manifest = components.manifests.get(element.type)
    if is_composite(element) or (manifest is not None and name not in manifest.outputs):
        known = variants(manifest.outputs if manifest else {})
        yield finding("reference.output", at + "/name", type=element.type, name=name, known=known)
