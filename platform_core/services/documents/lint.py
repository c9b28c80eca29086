"""What is not wrong but will disappoint: missing tags, unreadable phones, unreachable pages, misused colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, page_path
from platform_core.services.documents.findings import Finding, finding, pointer
from schemas.models.action import Action, WriteTagAction
from schemas.models.app import AppDocument, PageDocument, PageParam
from schemas.models.binding import Binding, ExpressionBinding, HistoryBinding, ParamRef, TagBinding
from schemas.models.element import Element
from schemas.models.layout import FreeLayout

PHONE_WIDTH_PX = 390
PHONE_SCALE_MIN = 0.6
SUBSCRIPTIONS_MAX = 1000
COLOURED_MIN, COLOURED_SHARE_MAX = 8, 0.5
LANGUAGES = ("en", "zh-CN")
#: So many assets are named in one finding.
NAMED_MAX = 5


@dataclass(frozen=True, slots=True)
class Plant:
    """The site: assets, and which roles of them have a tag (False: it may not be written, None: not known)."""

    assets: frozenset[str]
    signals: Mapping[tuple[str, str], bool | None]
    #: Asset → its type and its level.
    kinds: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)

    def chosen_by(self, param: PageParam | None) -> list[str]:
        """The assets a parameter may stand for; none where it is no parameter for assets, or says nothing of them."""
        if param is None or param.type != "asset":
            return []
        if param.options:
            return sorted(self.assets & set(param.options))
        if param.asset_type is None and param.level is None:
            return []
        return sorted(
            one
            for one, (kind, level) in self.kinds.items()
            if param.asset_type in (None, kind) and param.level in (None, level)
        )


def lint_page(base: str, page: PageDocument, plant: Plant | None, components: ComponentCatalog) -> Iterator[Finding]:
    """Warnings about one page."""
    yield from _phone(base, page)
    yield from _load(base, page)
    yield from _colours(base, page)
    yield from _language(base + "/title", page.title)
    if plant is not None:
        yield from _signals(base, page, plant)
        yield from _writes(base, page, plant, components)


def lint_app(app: AppDocument) -> Iterator[Finding]:
    """Warnings about app.json itself."""
    yield from _language(pointer(APP_FILE) + "/name", app.name)
    for number, item in enumerate(app.nav):
        yield from _language(pointer(APP_FILE, "nav", number, "label"), item.label)


def lint_reach(app: AppDocument, pages: Iterable[str], led_to: Iterable[str]) -> Iterator[Finding]:
    """Pages nothing leads to; ``led_to`` are those that other files of the app lead to."""
    reached = {app.home, *(item.page for item in app.nav), *(stop.page for stop in app.kiosk), *led_to}
    for page_id in pages:
        if page_id not in reached:
            yield finding("lint.unreachable", pointer(page_path(page_id)))


def sources_of(element: Element) -> Iterator[tuple[str, Binding]]:
    """Every binding of an element with its pointer inside it, those of formulas and steps as well."""
    for target, binding in element.bind.items():
        yield from _with_vars(pointer("bind", target), binding)
    for at, step in steps_of(element):
        value = getattr(step, "value", None)
        params = getattr(step, "params", {})
        for where, one in [(at + "/value", value), *((at + pointer("params", n), p) for n, p in params.items())]:
            if one is not None and not isinstance(one, str):
                yield from _with_vars(where, one)
        if step.when is not None:
            for name, variable in step.when.vars.items():
                yield at + pointer("when", "vars", name), variable


def steps_of(element: Element) -> Iterator[tuple[str, Action]]:
    """Every step of an element with its pointer inside it."""
    for event, steps in element.events.items():
        if isinstance(steps, tuple):
            for number, step in enumerate(steps):
                yield pointer("events", event, number), step
        else:
            yield pointer("events", event), steps


def _with_vars(at: str, binding: Binding) -> Iterator[tuple[str, Binding]]:
    yield at, binding
    if isinstance(binding, ExpressionBinding):
        for name, variable in binding.vars.items():
            yield at + pointer("vars", name), variable


def _signals(base: str, page: PageDocument, plant: Plant) -> Iterator[Finding]:
    for element_id, element in page.elements.items():
        where = base + pointer("elements", element_id)
        for at, binding in sources_of(element):
            if isinstance(binding, TagBinding | HistoryBinding) and isinstance(binding.asset, str):
                yield from _signal(where + at, binding.asset, binding.role, plant)
        for at, step in steps_of(element):
            if isinstance(step, WriteTagAction) and isinstance(step.asset, str):
                yield from _signal(where + at, step.asset, step.role, plant)


def _writes(base: str, page: PageDocument, plant: Plant, components: ComponentCatalog) -> Iterator[Finding]:
    """Writes of elements and steps that lead to a tag which may not be written."""
    for element_id, element in page.elements.items():
        manifest = components.manifests.get(element.type)
        writes = manifest.writes if manifest is not None else {}
        targets: list[tuple[str, str | ParamRef, str]] = [
            (pointer("bind", target), bound.asset, bound.role)
            for target, bound in element.bind.items()
            if isinstance(bound, TagBinding) and target[1:].partition("/")[0] in writes
        ]
        targets += [(at, step.asset, step.role) for at, step in steps_of(element) if isinstance(step, WriteTagAction)]
        for at, asset, role in targets:
            chosen = [asset] if isinstance(asset, str) else plant.chosen_by(page.params.get(asset.param))
            locked = [one for one in chosen if plant.signals.get((one, role)) is False]
            if locked:
                where = base + pointer("elements", element_id) + at + "/role"
                yield finding("lint.not_writable", where, asset=_some(locked), role=role)


def _some(assets: list[str]) -> str:
    """The first assets by name; how many more there are."""
    more = len(assets) - NAMED_MAX
    return ", ".join(assets[:NAMED_MAX]) + (f" (+{more})" if more > 0 else "")


def _signal(at: str, asset: str, role: str, plant: Plant) -> Iterator[Finding]:
    if asset not in plant.assets:
        yield finding("lint.asset_missing", at + "/asset", asset=asset)
    elif role != "*" and (asset, role) not in plant.signals:
        yield finding("lint.tag_missing", at + "/role", asset=asset, role=role)


def _phone(base: str, page: PageDocument) -> Iterator[Finding]:
    layout, phone = page.layout.lg, page.layout.sm
    if isinstance(layout, FreeLayout) and phone is None and page.archetype not in ("wall", "station"):
        scale = PHONE_WIDTH_PX / layout.width
        if scale < PHONE_SCALE_MIN:
            width, percent = round(layout.width), round(scale * 100)
            yield finding("lint.phone", base + "/layout/lg/width", width=width, percent=percent)
    if (
        phone is not None
        and layout.items
        and all(name in phone.items and phone.items[name].hidden for name in layout.items)
    ):
        yield finding("lint.phone_hidden", base + "/layout/sm")


def _load(base: str, page: PageDocument) -> Iterator[Finding]:
    signals = {
        (str(binding.asset), binding.role)
        for element in page.elements.values()
        for _, binding in sources_of(element)
        if isinstance(binding, TagBinding | HistoryBinding)
    }
    if len(signals) > SUBSCRIPTIONS_MAX:
        yield finding("lint.subscriptions", base + "/elements", count=len(signals), max=SUBSCRIPTIONS_MAX)


def _colours(base: str, page: PageDocument) -> Iterator[Finding]:
    coloured = [
        element
        for element in page.elements.values()
        if element.props.get("tone") not in (None, "neutral") and "/@tone" not in element.bind
    ]
    if len(coloured) >= COLOURED_MIN and len(coloured) > COLOURED_SHARE_MAX * len(page.elements):
        yield finding("lint.colors", base + "/elements", count=len(coloured), all=len(page.elements))


def _language(at: str, text: Mapping[str, str]) -> Iterator[Finding]:
    for language in LANGUAGES:
        if not text.get(language, "").strip():
            yield finding("lint.language", at, language=language)
