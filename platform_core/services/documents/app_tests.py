"""Running an app's own tests without a browser: given these values, after these events, is this what holds?

What is computed: bindings (tag, history with one number, static, param, state, user, expression), their steps, roles
and ``@visible`` / ``@enabled`` with everything around the element, states, and the steps set_state, navigate,
open_dialog, close_dialog and write_tag. A history has one value, the one given. What only a browser knows (outputs and
methods of components, exports) is bad or does nothing. ``docs/reference/app-checks.md`` says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import test_of, test_path
from platform_core.services.documents.expressions import compute_formula
from platform_core.services.documents.findings import pointer
from platform_core.services.documents.parsed import Files
from platform_core.services.documents.source import Documents, Source
from platform_core.services.documents.values import BAD, WAITING, Scalar, Value, same, transformed
from schemas.models.action import (
    Action,
    CloseDialogAction,
    NavigateAction,
    OpenDialogAction,
    SetStateAction,
    WriteTagAction,
)
from schemas.models.app import PageDocument
from schemas.models.app_test import AppTestDocument, Expectation, WhenEvent
from schemas.models.binding import (
    Binding,
    Expression,
    ExpressionBinding,
    HistoryBinding,
    ParamBinding,
    ParamRef,
    StateBinding,
    StaticBinding,
    TagBinding,
    UserBinding,
)
from schemas.models.element import Element
from schemas.models.tenant import ROLES, Role

_VALUE_FNS = ("last", "first", "min", "max", "mean", "sum")
_WRITE_ROLE: Role = "operator"


@dataclass(frozen=True, slots=True)
class Failure:
    """What did not hold; ``path`` is a pointer to the expectation."""

    path: str
    message: dict[str, str]
    expected: Scalar
    found: Scalar


@dataclass(frozen=True, slots=True)
class TestResult:
    """The outcome of one test."""

    __test__ = False  # not one of pytest's

    id: str
    name: str
    failures: tuple[Failure, ...]

    @property
    def ok(self) -> bool:
        """Whether all holds."""
        return not self.failures


def run_tests(files: Files, components: ComponentCatalog, only: str | None = None) -> list[TestResult]:
    """Run all tests of an app (or the one named); tests that cannot be read are the check's to tell."""
    return run_source_tests(Source.of(files), components, only)


def run_source_tests(source: Source, components: ComponentCatalog, only: str | None = None) -> list[TestResult]:
    """As ``run_tests``; only the files the tests open are read."""
    documents = Documents(source, components.manifests)
    results = []
    for test_id in sorted(name for path in source.hashes if (name := test_of(path)) is not None):
        test = documents.test(test_id) if only in (None, test_id) else None
        if test is not None:
            results.append(_Run(documents, test).result(test_id))
    return results


@dataclass(slots=True)
class _View:
    """A page that is open: directly, or as a dialog over another."""

    page: str
    params: dict[str, Scalar]
    state: dict[str, Scalar]


@dataclass(slots=True)
class _Run:
    """One test while it runs."""

    files: Documents
    test: AppTestDocument
    views: list[_View] = field(default_factory=list)
    app_state: dict[str, Scalar] = field(default_factory=dict)
    writes: dict[str, Scalar] = field(default_factory=dict)
    given: dict[tuple[str, str], Value] = field(default_factory=dict)

    def result(self, test_id: str) -> TestResult:
        """Run it."""
        self.given = {(g.asset, g.role): Value(g.v if g.q < 128 else None, g.q) for g in self.test.given}
        if self.files.app is not None:
            self.app_state = {name: spec.default for name, spec in self.files.app.state.items()}
        self.open(self.test.page, dict(self.test.params))
        for event in self.test.when:
            self.happen(event)
        base = pointer(test_path(test_id), "expect")
        failures = [
            failure
            for number, expected in enumerate(self.test.expect)
            if (failure := self.compare(base + pointer(number), expected)) is not None
        ]
        return TestResult(test_id, self.test.name, tuple(failures))

    @property
    def page(self) -> PageDocument | None:
        """The page on top."""
        return self.files.page(self.views[-1].page)

    def open(self, page_id: str, params: Mapping[str, Scalar], *, over: bool = False) -> None:
        """Open a page; ``over``: as a dialog."""
        page = self.files.page(page_id)
        specs = dict(self.files.app.params if self.files.app else {}) | dict(page.params if page else {})
        values = {name: spec.default for name, spec in specs.items()} | dict(params)
        state = {name: spec.default for name, spec in page.state.items()} if page else {}
        if not over:
            self.views.clear()
        self.views.append(_View(page_id, values, state))

    # events and steps

    def happen(self, event: WhenEvent) -> None:
        """An event; nothing happens where the element cannot be seen or used."""
        element = self.page.elements.get(event.element) if self.page else None
        if element is None or not self.is_visible(event.element) or not self.is_enabled(element):
            return
        steps = element.events.get(event.event, ())
        for step in steps if isinstance(steps, tuple) else (steps,):
            if step.when is None or self.formula(step.when, event.payload).v is True:
                self.do(step, event.payload)

    def do(self, step: Action, payload: Mapping[str, Any]) -> None:
        """One step."""
        if isinstance(step, SetStateAction):
            self.set_state(step.name, self.value(step.value, payload).v)
        elif isinstance(step, NavigateAction | OpenDialogAction):
            if isinstance(step, NavigateAction) and step.app is not None:
                return
            params = {n: p if isinstance(p, str) else self.value(p, payload).v for n, p in step.params.items()}
            self.open(step.page, params, over=isinstance(step, OpenDialogAction))
        elif isinstance(step, CloseDialogAction) and len(self.views) > 1:
            self.views.pop()
        elif isinstance(step, WriteTagAction) and self.has_role(_WRITE_ROLE):
            asset, value = self.asset(step.asset), self.value(step.value, payload)
            if asset is not None and value.v is not None:
                self.writes[f"{asset}.{step.role}"] = value.v

    def set_state(self, name: str, value: Scalar) -> None:
        """A state of the page, else of the app."""
        for view in reversed(self.views):
            if name in view.state:
                view.state[name] = value
                return
        self.app_state[name] = value

    # values

    def value(self, binding: Binding, payload: Mapping[str, Any] | None = None) -> Value:
        """What a binding gives."""
        if isinstance(binding, ExpressionBinding):
            return transformed(self.formula(binding, payload or {}), binding.transforms)
        return transformed(self.source(binding), binding.transforms)

    def source(self, binding: Binding) -> Value:
        """A binding before its steps."""
        view = self.views[-1]
        if isinstance(binding, TagBinding):
            return self.signal(binding.asset, binding.role)
        if isinstance(binding, HistoryBinding):
            return self.history(binding)
        if isinstance(binding, StaticBinding):
            return Value(binding.value)
        if isinstance(binding, ParamBinding):
            return Value(view.params.get(binding.param))
        if isinstance(binding, StateBinding):
            found = next((v.state for v in reversed(self.views) if binding.name in v.state), self.app_state)
            return Value(found.get(binding.name))
        if isinstance(binding, UserBinding):
            return Value({"name": "test", "role": self.test.role, "tenant": "test"}[binding.field])
        return BAD

    def history(self, binding: HistoryBinding) -> Value:
        """One number of a course that has one value."""
        value = self.signal(binding.asset, binding.role)
        if binding.fn is None or binding.fn in _VALUE_FNS:
            return value
        if binding.fn == "count":
            return Value(0 if value.v is None else 1)
        return Value(0) if value.v is not None else value

    def signal(self, asset: Any, role: str) -> Value:
        """The value given for a tag; waiting for its first one when none is given."""
        name = self.asset(asset)
        return WAITING if name is None else self.given.get((name, role), WAITING)

    def asset(self, asset: Any) -> str | None:
        """An asset, by parameter or directly."""
        name = self.views[-1].params.get(asset.param) if isinstance(asset, ParamRef) else asset
        return name if isinstance(name, str) else None

    def formula(self, expression: Expression, payload: Mapping[str, Any]) -> Value:
        """The value of a formula."""
        return compute_formula(expression, {name: self.value(v) for name, v in expression.vars.items()}, payload)

    # elements

    def has_role(self, least: Role | None) -> bool:
        """Whether the person of the test has this role."""
        return least is None or ROLES.index(self.test.role) >= ROLES.index(least)

    def is_visible(self, element_id: str) -> bool:
        """Seen: by role and condition, with everything around it, on the page that is open."""
        page = self.page
        if page is None or element_id not in page.elements or not self.has_role(page.access.see):
            return False
        app = self.files.app
        if app is not None and not self.has_role(app.access.see):
            return False
        name: str | None = element_id
        for _ in range(len(page.elements) + 1):
            element = page.elements.get(name) if name else None
            if element is None:
                return name is None
            shown = self.value(element.bind["/@visible"]).v if "/@visible" in element.bind else True
            if not self.has_role(element.access.see) or (shown is not None and not shown):
                return False
            name = element.parent.id if element.parent else None
        return False

    def is_enabled(self, element: Element) -> bool:
        """Usable by role and condition."""
        bound = element.bind.get("/@enabled")
        page = self.page
        by_role = self.has_role(element.access.use) and (page is None or self.has_role(page.access.use))
        return by_role and (bound is None or bool(self.value(bound).v))

    # expectations

    def compare(self, at: str, expected: Expectation) -> Failure | None:
        """None when it holds."""
        found = self.look(expected)
        if found is None:
            what = {"en": f"there is no element {expected.element} on the page that is open", "zh-CN": ""}
            what["zh-CN"] = f"当前页面上没有元素 {expected.element}"
            return Failure(at, what, expected.v, None)
        wants_value = "v" in expected.model_fields_set or expected.q is None
        if (not wants_value or same(found.v, expected.v)) and expected.q in (None, found.quality):
            return None
        wanted = f"{expected.v!r}" if wants_value else ""
        if expected.q is not None:
            wanted = f"{wanted} ({expected.q})".strip()
        got = f"{found.v!r} ({found.quality})"
        name = " ".join(part for part in (expected.kind, expected.element or "", expected.name) if part)
        words = {"en": f"{name}: expected {wanted}, found {got}", "zh-CN": f"{name}：期望 {wanted}，实际 {got}"}
        return Failure(at, words, expected.v, found.v)

    def look(self, expected: Expectation) -> Value | None:
        """What is found; None when its element is not there."""
        if expected.kind == "state":
            return self.source(StateBinding(source="state", name=expected.name))
        if expected.kind == "write":
            return Value(self.writes.get(expected.name))
        if expected.kind == "page":
            return Value(self.views[-1].page)
        page = self.page
        element = page.elements.get(expected.element or "") if page else None
        if element is None:
            return None
        if expected.kind == "visible":
            return Value(self.is_visible(expected.element or ""))
        if expected.kind == "enabled":
            return Value(self.is_enabled(element))
        target = "@tone" if expected.kind == "tone" else expected.name
        bound = element.bind.get("/" + target)
        if bound is not None:
            return self.value(bound)
        return Value(_property(element.props, target)) if expected.kind == "property" else WAITING


def _property(props: Mapping[str, Any], name: str) -> Scalar:
    node: Any = props
    for part in name.split("/"):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node if isinstance(node, str | int | float | bool) else None
