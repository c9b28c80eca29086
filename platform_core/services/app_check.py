"""Checking the files of an app in three passes, all problems at once.

Structure (the models), properties (each element against its component's manifest), references (pages,
elements, parameters, roles that are named but not there). ``path`` of a problem is a JSON pointer into
``{"app.json": …, "pages/<id>.json": …}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, page_of, page_path
from schemas.errors import Problem
from schemas.models.app import AppDocument, PageDocument
from schemas.models.binding import HistoryBinding, OutputBinding, ParamBinding, ParamRef, TagBinding
from schemas.models.element import Element

Files = Mapping[str, Any]


def check_app(files: Files, components: ComponentCatalog, app_id: str) -> list[Problem]:
    """All problems of an app's files; empty when it may be published."""
    problems: list[Problem] = []
    app: AppDocument | None = None
    pages: dict[str, PageDocument] = {}
    if APP_FILE not in files:
        problems.append(Problem("app.missing", "", f"The file {APP_FILE} is missing."))
    for path, content in sorted(files.items()):
        document = _parse(path, content, problems)
        if isinstance(document, AppDocument):
            app = document
        elif isinstance(document, PageDocument):
            pages[page_of(path) or ""] = document
    for page_id, page in pages.items():
        problems += _properties(pointer(page_path(page_id)), page, components)
        problems += _page_references(page_id, page, app)
    if app is not None:
        problems += _app_references(app, pages, files, app_id)
    return problems


def check_file(path: str, content: Any) -> list[Problem]:
    """The structural problems of one file, with pointers into that file."""
    problems: list[Problem] = []
    _parse(path, content, problems, base="")
    return problems


def pointer(*parts: str | int) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _parse(
    path: str, content: Any, problems: list[Problem], base: str | None = None
) -> AppDocument | PageDocument | None:
    start = pointer(path) if base is None else base
    model = AppDocument if path == APP_FILE else PageDocument
    try:
        return model.model_validate(content)
    except ValidationError as errors:
        for error in errors.errors(include_url=False, include_input=False, include_context=False):
            where = start + pointer(*error["loc"])
            problems.append(Problem(f"structure.{error['type']}", where, error["msg"]))
        return None


def _properties(base: str, page: PageDocument, components: ComponentCatalog) -> list[Problem]:
    problems: list[Problem] = []
    for element_id, element in page.elements.items():
        where = base + pointer("elements", element_id)
        problems += components.check_element(where, element)
    return problems


def _page_references(page_id: str, page: PageDocument, app: AppDocument | None) -> list[Problem]:
    base = pointer(page_path(page_id))
    problems: list[Problem] = []
    if page.id != page_id:
        problems.append(
            Problem("reference.page_id", base + "/id", f"The file is called {page_id}, the page {page.id}.")
        )
    for name, layout in (("lg", page.layout.lg), ("md", page.layout.md), ("sm", page.layout.sm)):
        for element_id in layout.items if layout else ():
            if element_id not in page.elements:
                where = base + pointer("layout", name, "items", element_id)
                problems.append(Problem("reference.element", where, f"There is no element {element_id}."))
    params = set(page.params) | (set(app.params) if app else set())
    for element_id, element in page.elements.items():
        where = base + pointer("elements", element_id)
        problems += _parents(where, element_id, page)
        problems += _bindings(where, element, page, params, app)
    return problems


def _parents(where: str, element_id: str, page: PageDocument) -> list[Problem]:
    seen = {element_id}
    parent = page.elements[element_id].parent
    while parent is not None:
        if parent.id in seen:
            return [Problem("reference.cycle", where + "/parent", "An element is inside itself.")]
        if parent.id not in page.elements:
            return [Problem("reference.element", where + "/parent/id", f"There is no element {parent.id}.")]
        seen.add(parent.id)
        parent = page.elements[parent.id].parent
    return []


def _bindings(
    where: str, element: Element, page: PageDocument, params: set[str], app: AppDocument | None
) -> list[Problem]:
    problems: list[Problem] = []
    for target, binding in element.bind.items():
        at = where + pointer("bind", target)
        needed: list[tuple[str, str]] = []
        if isinstance(binding, ParamBinding):
            needed.append((at + "/param", binding.param))
        if isinstance(binding, TagBinding | HistoryBinding):
            if isinstance(binding.asset, ParamRef):
                needed.append((at + "/asset/param", binding.asset.param))
            declared = {need.role for need in app.roles} if app else set()
            if app and binding.role != "*" and binding.role not in declared:
                hint = "List it under roles in app.json."
                text = f"The app does not ask for the role {binding.role}."
                problems.append(Problem("reference.role", at + "/role", text, hint))
        if isinstance(binding, OutputBinding) and binding.element not in page.elements:
            problems.append(Problem("reference.element", at + "/element", f"There is no element {binding.element}."))
        for place, name in needed:
            if name not in params:
                problems.append(Problem("reference.param", place, f"There is no parameter {name}."))
    return problems


def _app_references(app: AppDocument, pages: Mapping[str, PageDocument], files: Files, app_id: str) -> list[Problem]:
    base = pointer(APP_FILE)
    problems: list[Problem] = []
    if app.id != app_id:
        problems.append(Problem("reference.app_id", base + "/id", f"The app is called {app_id} here, not {app.id}."))
    named = [(base + "/home", app.home)]
    named += [(base + pointer("nav", n, "page"), item.page) for n, item in enumerate(app.nav)]
    problems += [
        Problem("reference.page", where, f"There is no page {page}.")
        for where, page in named
        if page_path(page) not in files
    ]
    used = {element.type for page in pages.values() for element in page.elements.values()}
    problems += [
        Problem("reference.requires", base + "/requires", f"The component {name} is used but not listed.")
        for name in sorted(used - set(app.requires))
        if app.requires
    ]
    return problems
