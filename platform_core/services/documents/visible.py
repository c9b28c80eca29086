"""What of an app a role may have: pages and elements it may not see are not sent (R34), nor are tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from platform_core.services.document_paths import APP_FILE, block_of, page_of
from platform_core.services.documents.parsed import Files
from schemas.models.tenant import ROLES, Role


def may_see(document: Any, role: Role) -> bool:
    """Whether the role reaches ``access.see`` of an app, a page or an element. What cannot be read is not shown."""
    access = document.get("access") if isinstance(document, Mapping) else None
    least = access.get("see") if isinstance(access, Mapping) else None
    if least is None:
        return True
    return least in ROLES and ROLES.index(role) >= ROLES.index(least)


def visible_files(files: Files, role: Role) -> dict[str, Any] | None:
    """app.json, pages and blocks as the role may see them; None when it may not see the app."""
    app = files.get(APP_FILE)
    if not may_see(app, role):
        return None
    shown = {
        path: _without_hidden(document, role)
        for path, document in files.items()
        if (page_of(path) or block_of(path)) and may_see(document, role)
    }
    pages = {page_of(path) for path in shown}
    if isinstance(app, Mapping):
        lists = {name: app[name] for name in ("nav", "kiosk") if isinstance(app.get(name), list)}
        kept = {name: [one for one in items if _page(one) in pages] for name, items in lists.items()}
        shown[APP_FILE] = {**app, **kept}
    return shown


def _page(item: Any) -> Any:
    return item.get("page") if isinstance(item, Mapping) else None


def _without_hidden(document: Any, role: Role) -> Any:
    elements = document.get("elements") if isinstance(document, Mapping) else None
    if not isinstance(elements, Mapping):
        return document
    hidden = {name for name, element in elements.items() if not may_see(element, role)}
    if not hidden:
        return document
    grown = True
    while grown:  # what is inside something hidden is hidden
        inside = {name for name, element in elements.items() if name not in hidden and _parent(element) in hidden}
        hidden |= inside
        grown = bool(inside)
    kept = {name: element for name, element in elements.items() if name not in hidden}
    return {**document, "elements": kept, "layout": _without_places(document.get("layout"), hidden)}


def _parent(element: Any) -> Any:
    parent = element.get("parent") if isinstance(element, Mapping) else None
    return parent.get("id") if isinstance(parent, Mapping) else None


def _without_places(node: Any, hidden: set[str]) -> Any:
    """A layout without the places of hidden elements, at every breakpoint and in every slot."""
    if not isinstance(node, Mapping):
        return node
    return {
        name: _without_places(child, hidden)
        for name, child in node.items()
        if name not in hidden and name.partition("/")[0] not in hidden
    }
