"""One of an app's tests while it runs: pages that are open, states, events and steps, and what bindings give.

What only a browser knows (methods of components, exports, outputs without a rule) is bad or does nothing here.
``docs/reference/app-checks.md`` says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.app_test_places import Place, find_element
from platform_core.services.documents.expressions import compute_formula
from platform_core.services.documents.shown import limit_level
from platform_core.services.documents.source import Documents
from platform_core.services.documents.values import BAD, WAITING, Scalar, Value, transformed
from schemas.models.action import (
    Action,
    CloseDialogAction,
    NavigateAction,
    OpenDialogAction,
    SetStateAction,
    WriteTagAction,
)
from schemas.models.app import PageDocument
from schemas.models.app_test import AppTestDocument, WhenEvent
from schemas.models.binding import (
    Binding,
    Expression,
    ExpressionBinding,
    HistoryBinding,
    OutputBinding,
    ParamBinding,
    ParamRef,
    StateBinding,
    StaticBinding,
    TagBinding,
    UserBinding,
)
from schemas.models.element import Element
from schemas.models.tag import TagMeta
from schemas.models.tenant import ROLES, Role

_VALUE_FNS = ("last", "first", "min", "max", "mean", "sum")
_WRITE_ROLE: Role = "operator"
_NO_META = TagMeta()


@dataclass(slots=True)
class View:
    """A page that is open: directly, or as a dialog over another."""

    page: str
    params: dict[str, Scalar]
    state: dict[str, Scalar]
    #: The last payload of each event, by `<path of the element>` and event.
    payloads: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """One test while it runs."""

    documents: Documents
    components: ComponentCatalog
    test: AppTestDocument
    views: list[View] = field(default_factory=list)
    app_state: dict[str, Scalar] = field(default_factory=dict)
    writes: dict[str, Scalar] = field(default_factory=dict)
    given: dict[tuple[str, str], Value] = field(default_factory=dict)
    metas: dict[tuple[str, str], TagMeta] = field(default_factory=dict)

    def until_the_end(self) -> None:
        """Open the page and let everything happen."""
        self.given = {(g.asset, g.role): Value(g.v if g.q < 128 else None, g.q) for g in self.test.given}
        self.metas = {(g.asset, g.role): g.meta for g in self.test.given}
        if self.documents.app is not None:
            self.app_state = {name: spec.default for name, spec in self.documents.app.state.items()}
        self.open(self.test.page, dict(self.test.params))
        for event in self.test.when:
            self.happen(event)

    @property
    def page(self) -> PageDocument | None:
        """The page on top."""
        return self.documents.page(self.views[-1].page)

    def open(self, page_id: str, params: Mapping[str, Scalar], *, over: bool = False) -> None:
        """Open a page; ``over``: as a dialog."""
        page, app = self.documents.page(page_id), self.documents.app
        specs = dict(app.params if app else {}) | dict(page.params if page else {})
        values = {name: spec.default for name, spec in specs.items()} | dict(params)
        state = {name: spec.default for name, spec in page.state.items()} if page else {}
        if not over:
            self.views.clear()
        self.views.append(View(page_id, values, state))

    def find(self, path: str) -> tuple[Place, str] | None:
        """An element of the page on top, or inside blocks on it."""
        page = self.page
        root = Place(page.elements if page else {}, self.views[-1].params, {})
        return find_element(root, path, self.documents)

    # events and steps

    def happen(self, event: WhenEvent) -> None:
        """An event; nothing happens where the element cannot be seen or used."""
        found = self.find(event.element)
        if found is None or not self.is_visible(*found) or not self.is_enabled(*found):
            return
        place, name = found
        self.views[-1].payloads[event.element, event.event] = event.payload
        steps = place.elements[name].events.get(event.event, ())
        for step in steps if isinstance(steps, tuple) else (steps,):
            if step.when is None or self.formula(step.when, place, event.payload).v is True:
                self.do(step, place, event.payload)

    def do(self, step: Action, place: Place, payload: Mapping[str, Any]) -> None:
        """One step."""
        if isinstance(step, SetStateAction):
            self.set_state(step.name, self.value(step.value, place, payload).v)
        elif isinstance(step, NavigateAction | OpenDialogAction):
            if isinstance(step, NavigateAction) and step.app is not None:
                return
            given = step.params.items()
            params = {n: p if isinstance(p, str) else self.value(p, place, payload).v for n, p in given}
            self.open(step.page, params, over=isinstance(step, OpenDialogAction))
        elif isinstance(step, CloseDialogAction) and len(self.views) > 1:
            self.views.pop()
        elif isinstance(step, WriteTagAction) and self.has_role(_WRITE_ROLE):
            asset, value = self.asset(step.asset, place), self.value(step.value, place, payload)
            if asset is not None and value.v is not None:
                self.writes[f"{asset}.{step.role}"] = value.v

    def set_state(self, name: str, value: Scalar) -> None:
        """A state of the page, else of the app."""
        for view in reversed(self.views):
            if name in view.state:
                view.state[name] = value
                return
        self.app_state[name] = value

    def state(self, name: str) -> Value:
        """A state as it is now."""
        found = next((view.state for view in reversed(self.views) if name in view.state), self.app_state)
        return Value(found.get(name))

    # values

    def value(self, binding: Binding, place: Place, payload: Mapping[str, Any] | None = None) -> Value:
        """What a binding gives where it stands."""
        if isinstance(binding, ExpressionBinding):
            return transformed(self.formula(binding, place, payload or {}), binding.transforms)
        return transformed(self.source(binding, place), binding.transforms)

    def source(self, binding: Binding, place: Place) -> Value:
        """A binding before its steps."""
        if isinstance(binding, TagBinding):
            return self.signal(binding.asset, binding.role, place)
        if isinstance(binding, HistoryBinding):
            return self.history(binding, place)
        if isinstance(binding, StaticBinding):
            return Value(binding.value)
        if isinstance(binding, ParamBinding):
            return self.param(binding.param, place)
        if isinstance(binding, StateBinding):
            return self.state(binding.name)
        if isinstance(binding, UserBinding):
            return Value({"name": "test", "role": self.test.role, "tenant": "test"}[binding.field])
        if isinstance(binding, OutputBinding):
            return self.output(binding.element, binding.output, place) or BAD
        return BAD

    def param(self, name: str, place: Place) -> Value:
        """A parameter; inside a block it may follow what its instance is bound to."""
        bound = place.given.get(name)
        if bound is None or place.around is None:
            return Value(place.params.get(name))
        return self.value(bound, place.around)

    def history(self, binding: HistoryBinding, place: Place) -> Value:
        """One number of a course that has one value."""
        value = self.signal(binding.asset, binding.role, place)
        if binding.fn is None or binding.fn in _VALUE_FNS:
            return value
        if binding.fn == "count":
            return Value(0 if value.v is None else 1)
        return Value(0) if value.v is not None else value

    def signal(self, asset: Any, role: str, place: Place) -> Value:
        """The value given for a tag; waiting for its first one when none is given."""
        name = self.asset(asset, place)
        return WAITING if name is None else self.given.get((name, role), WAITING)

    def asset(self, asset: Any, place: Place) -> str | None:
        """An asset, by parameter or directly."""
        name = self.param(asset.param, place).v if isinstance(asset, ParamRef) else asset
        return name if isinstance(name, str) else None

    def formula(self, expression: Expression, place: Place, payload: Mapping[str, Any]) -> Value:
        """The value of a formula."""
        values = {name: self.value(variable, place) for name, variable in expression.vars.items()}
        return compute_formula(expression, values, payload)

    def meta(self, binding: Binding, place: Place) -> tuple[TagMeta, str]:
        """Metadata of the tag behind a binding, and its role; none of both where no single tag stands behind it."""
        if isinstance(binding, TagBinding | HistoryBinding):
            asset = self.asset(binding.asset, place)
            return self.metas.get((asset or "", binding.role), _NO_META), binding.role
        if isinstance(binding, ParamBinding) and place.around is not None and binding.param in place.given:
            return self.meta(place.given[binding.param], place.around)
        return _NO_META, ""

    def output(self, name: str, output: str, place: Place) -> Value | None:
        """An output by the rule of its component; None where only a browser knows it."""
        element = place.elements.get(name)
        manifest = None if element is None else self.components.manifests.get(element.type)
        spec = None if manifest is None else manifest.outputs.get(output)
        if element is None or spec is None or spec.rule is None:
            return None
        rule = spec.rule
        if rule.level_of is not None:
            bound = element.bind.get(f"/{rule.level_of}")
            return None if bound is None else self.level(bound, place)
        payload = self.views[-1].payloads.get((place.path + name, rule.event or ""))
        if payload is not None:
            return Value(payload.get(rule.field or ""))
        return Value(rule.initial if rule.initial_prop is None else element.props.get(rule.initial_prop))

    def level(self, binding: Binding, place: Place) -> Value:
        """Where a value stands against the limits of its tag; what is not known counts as normal, as on the screen."""
        return Value(limit_level(self.value(binding, place).v, self.meta(binding, place)[0].limits))

    # elements

    def has_role(self, least: Role | None) -> bool:
        """Whether the person of the test has this role."""
        return least is None or ROLES.index(self.test.role) >= ROLES.index(least)

    def is_visible(self, place: Place, element_id: str) -> bool:
        """Seen: by role and condition, with everything around it, on the page that is open."""
        if place.around is not None:
            shown = self.is_visible(place.around, place.holder)
        else:
            page, app = self.page, self.documents.app
            shown = page is not None and self.has_role(page.access.see)
            shown = shown and (app is None or self.has_role(app.access.see))
        return shown and self._is_shown(place, element_id)

    def _is_shown(self, place: Place, element_id: str) -> bool:
        name: str | None = element_id
        for _ in range(len(place.elements) + 1):
            element = place.elements.get(name) if name else None
            if element is None:
                return name is None
            shown = self.value(element.bind["/@visible"], place).v if "/@visible" in element.bind else True
            if not self.has_role(element.access.see) or (shown is not None and not shown):
                return False
            name = element.parent.id if element.parent else None
        return False

    def is_enabled(self, place: Place, element_id: str) -> bool:
        """Usable by role and condition."""
        element: Element = place.elements[element_id]
        bound, page = element.bind.get("/@enabled"), self.page
        by_role = self.has_role(element.access.use) and (page is None or self.has_role(page.access.use))
        return by_role and (bound is None or bool(self.value(bound, place).v))
