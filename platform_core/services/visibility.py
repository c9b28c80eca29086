"""What a role does not get to see: tags and assets by the plant, pages and elements by the app.

HTTP, WebSocket and jobs all ask this module. An asset's least role (`see`) holds for everything inside it: assets,
role rows, tags, their values, past and meaning. A tag that ever played a role at a hidden asset is hidden, wherever
else it is used: so that nobody finds a way round by mapping it twice.
"""

from __future__ import annotations

import copy
import threading
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlmodel import Session, col, select

from platform_core.db import Database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.tags import TagRow
from schemas.models.tenant import ROLES, Role

LIVE_AGAIN_S: Final = 1.0
_PART: Final = 500


@dataclass(frozen=True, slots=True)
class Hidden:
    """Assets and tags that a role does not get to see."""

    assets: frozenset[str] = frozenset()
    tags: frozenset[int] = frozenset()

    def without(self, ids: Iterable[int]) -> list[int]:
        """The ids that are not hidden, in their order."""
        return [tag_id for tag_id in ids if tag_id not in self.tags]


NOTHING_HIDDEN: Final = Hidden()


class Visibility:
    """Reads what is hidden anew for each question; live viewers ask for `recent`."""

    def __init__(self, database: Database, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._recent: dict[tuple[str, Role], tuple[float, Hidden]] = {}

    def hidden(self, tenant: str, role: Role) -> Hidden:
        """What the role does not get to see, as of now."""
        with self._database.read() as session:
            query = select(AssetRow.id, AssetRow.parent, AssetRow.see).where(AssetRow.tenant == tenant)
            rows = session.exec(query).all()
            assets = _hidden_assets({row[0]: (row[1], row[2]) for row in rows}, role)
            return Hidden(assets, _tags_of(session, tenant, assets)) if assets else NOTHING_HIDDEN

    def hidden_connections(self, tenant: str, role: Role) -> frozenset[tuple[str, str]]:
        """Connections, as (edge, connection), of which the role sees no tag: their names say what is hidden."""
        hidden = self.hidden(tenant, role)
        if not hidden.tags:
            return frozenset()
        with self._database.read() as session:
            query = select(TagRow.edge, TagRow.connection, TagRow.tag_id).where(TagRow.tenant == tenant)
            rows = session.exec(query).all()
        seen = {(edge, connection) for edge, connection, tag_id in rows if tag_id not in hidden.tags}
        return frozenset((edge, connection) for edge, connection, _ in rows) - seen

    def remembered(self, tenant: str, role: Role) -> Hidden | None:
        """What `recent` found within the last second; None when it has to be read anew. Never waits."""
        found = self._recent.get((tenant, role))
        return found[1] if found is not None and self._clock_s() - found[0] < LIVE_AGAIN_S else None

    def recent(self, tenant: str, role: Role) -> Hidden:
        """The same, at most a second old: for the many viewers of the live WebSocket."""
        with self._lock:  # many viewers ask at once: one of them reads
            found = self.remembered(tenant, role)
            if found is None:
                at_s, found = self._clock_s(), self.hidden(tenant, role)
                self._recent[(tenant, role)] = (at_s, found)
        return found


def may(least: str | None, role: Role) -> bool:
    """Whether a role reaches the least one that is asked for; a word that is no role lets nobody in."""
    if least is None:
        return True
    return least in ROLES and ROLES.index(role) >= [*ROLES].index(least)


def _hidden_assets(rows: Mapping[str, tuple[str | None, str | None]], role: Role) -> frozenset[str]:
    known: dict[str, bool] = {}
    for asset in rows:
        way: list[str] = []
        at: str | None = asset
        while at is not None and at in rows and at not in known and at not in way:
            way.append(at)
            at = rows[at][0]
        is_hidden = known.get(at, False) if at is not None else False
        for step in reversed(way):
            is_hidden = is_hidden or not may(rows[step][1], role)
            known[step] = is_hidden
    return frozenset(asset for asset, is_hidden in known.items() if is_hidden)


def _tags_of(session: Session, tenant: str, assets: Collection[str]) -> frozenset[int]:
    tags: set[int] = set()
    names = sorted(assets)
    for start in range(0, len(names), _PART):
        part = names[start : start + _PART]
        query = select(RoleRow.tag_id).where(RoleRow.tenant == tenant, col(RoleRow.asset).in_(part))
        tags.update(session.exec(query).all())
    return frozenset(tags)


# --- apps ---------------------------------------------------------------------------------------


def visible_files(files: Mapping[str, Any], role: Role) -> dict[str, Any] | None:
    """An app's files as a role gets them; None when it does not get the app at all.

    Pages, elements (with what is inside them) and blocks' elements above the role are left out, and so is every
    mention of them: menu, first page, rotation, links, places, other elements' bindings to their outputs. What builders
    test with is for builders. Nothing is changed in the documents given.
    """
    app = files.get("app.json")
    if not isinstance(app, dict) or not may(_see(app), role):
        return None
    kept: dict[str, Any] = {}
    gone_pages: set[str] = set()
    for path, document in files.items():
        if path.startswith("pages/") and not may(_see(document), role):
            gone_pages.add(path[len("pages/") : -len(".json")])
        elif not path.startswith("tests/") or may("builder", role):
            kept[path] = copy.deepcopy(document)
    for path, document in kept.items():
        if path.startswith(("pages/", "blocks/")):
            gone = _drop_elements(document, role)
            _drop_mentions(document, gone, gone_pages)
    _without_pages(kept["app.json"], kept, gone_pages)
    return kept


def _see(document: Any) -> str | None:
    access = document.get("access") if isinstance(document, dict) else None
    return access.get("see") if isinstance(access, dict) else None


def _drop_elements(document: dict[str, Any], role: Role) -> set[str]:
    """Take the elements out that the role does not get, with all inside them; returns their ids."""
    elements: dict[str, Any] = document.get("elements") or {}
    gone = {element_id for element_id, element in elements.items() if not may(_see(element), role)}
    while True:
        inside = {
            element_id
            for element_id, element in elements.items()
            if element_id not in gone and (element.get("parent") or {}).get("id") in gone
        }
        if not inside:
            break
        gone |= inside
    for element_id in gone:
        del elements[element_id]
    layout = document.get("layout") or {}
    areas = [layout] if "kind" in layout else [area for area in layout.values() if isinstance(area, dict)]
    for area in areas:
        slots = area.get("slots") or {}
        for key in [key for key in slots if key.split("/", 1)[0] in gone]:
            del slots[key]
        for place in (area, *slots.values()):
            for element_id in gone & set(place.get("items") or {}):
                del place["items"][element_id]
    return gone


def _drop_mentions(document: dict[str, Any], gone: set[str], gone_pages: set[str]) -> None:
    """Take bindings to outputs of elements that are gone out, and steps that lead to what is gone."""
    if document.get("parent") in gone_pages:
        document["parent"] = None
    if not gone and not gone_pages:
        return
    for element in (document.get("elements") or {}).values():
        binds = element.get("bind") or {}
        for target in [target for target, binding in binds.items() if _names(binding, gone)]:
            del binds[target]
        events = element.get("events") or {}
        for event, given in list(events.items()):
            steps = given if isinstance(given, list) else [given]
            left = [step for step in steps if not _leads(step, gone, gone_pages)]
            if len(left) != len(steps):
                events[event] = left
        for name, value in list((element.get("props") or {}).items()):
            if isinstance(value, str) and (value in gone or value in gone_pages):
                del element["props"][name]


def _names(value: Any, gone: set[str]) -> bool:
    """Whether a binding, or anything in it, names an element that is gone."""
    if isinstance(value, dict):
        return value.get("element") in gone or any(_names(part, gone) for part in value.values())
    return isinstance(value, list) and any(_names(part, gone) for part in value)


def _leads(step: Any, gone: set[str], gone_pages: set[str]) -> bool:
    if not isinstance(step, dict):
        return False
    is_here = step.get("app") is None
    return (is_here and step.get("page") in gone_pages) or _names(step, gone)


def _without_pages(app: dict[str, Any], files: Mapping[str, Any], gone: set[str]) -> None:
    if not gone:
        return
    app["nav"] = [item for item in app.get("nav") or [] if item.get("page") not in gone]
    app["kiosk"] = [stop for stop in app.get("kiosk") or [] if stop.get("page") not in gone]
    if app.get("home") in gone:
        app["home"] = _first_page(app["nav"], files)


def _first_page(nav: Sequence[Mapping[str, Any]], files: Mapping[str, Any]) -> str:
    if nav:
        return str(nav[0]["page"])
    pages = sorted(path[len("pages/") : -len(".json")] for path in files if path.startswith("pages/"))
    return pages[0] if pages else "none"
