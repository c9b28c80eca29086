"""Running an app's own tests without a browser: given these values, after these events, is this what holds?

What is computed: bindings (tag, history with one number, static, param, state, user, expression, outputs with a rule),
their steps, roles and ``@visible`` / ``@enabled`` with everything around the element, inside blocks as well; what a
block shows of an input; states, and the steps set_state, navigate, open_dialog, close_dialog and write_tag. Cells of
tables, outputs without a rule, and everything after something done by hand are left to a browser (``app_browser``).
``docs/reference/app-checks.md`` says the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import test_of, test_path
from platform_core.services.documents.app_test_places import Place
from platform_core.services.documents.app_test_run import Run
from platform_core.services.documents.findings import pointer
from platform_core.services.documents.parsed import Files
from platform_core.services.documents.shown import shown_text
from platform_core.services.documents.source import Documents, Source
from platform_core.services.documents.values import WAITING, Scalar, Value, same
from schemas.models.app_test import HAND_EVENTS, AppTestDocument, Expectation
from schemas.models.binding import Binding
from schemas.models.element import Element

_WHOLE_KINDS = ("i", "u", "b", "s")


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
    #: Pointers to the expectations that only a browser can judge; nothing is said of them here.
    browser: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether all that was judged holds."""
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
            results.append(_result(test_id, test, documents, components))
    return results


def _result(test_id: str, test: AppTestDocument, documents: Documents, components: ComponentCatalog) -> TestResult:
    run = Run(documents, components, test)
    by_hand = any(event.event in HAND_EVENTS for event in test.when)
    if not by_hand:
        run.until_the_end()
    base = pointer(test_path(test_id), "expect")
    failures, browser = [], []
    for number, expected in enumerate(test.expect):
        at = base + pointer(number)
        if by_hand or _is_browsers(run, expected):
            browser.append(at)
        elif (failure := _compare(run, at, expected)) is not None:
            failures.append(failure)
    return TestResult(test_id, test.name, tuple(failures), tuple(browser))


def _is_browsers(run: Run, expected: Expectation) -> bool:
    """Whether only a browser can judge it: a cell of a table, an output without a rule."""
    if expected.kind not in ("cell", "output"):
        return False
    found = run.find(expected.element or "")
    if found is None:
        return False
    if expected.kind == "cell":
        return True
    place, name = found
    manifest = run.components.manifests.get(place.elements[name].type)
    spec = None if manifest is None else manifest.outputs.get(expected.name)
    return spec is not None and spec.rule is None


def _compare(run: Run, at: str, expected: Expectation) -> Failure | None:
    """None when it holds."""
    found = _look(run, expected)
    if isinstance(found, _Unknown):
        return Failure(at, {"en": found.en, "zh-CN": found.zh}, expected.v, None)
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


@dataclass(frozen=True, slots=True)
class _Unknown:
    """Why nothing can be said, in both languages."""

    en: str
    zh: str


def _look(run: Run, expected: Expectation) -> Value | _Unknown:
    """What is found."""
    if expected.kind == "state":
        return run.state(expected.name)
    if expected.kind == "write":
        return Value(run.writes.get(expected.name))
    if expected.kind == "page":
        return Value(run.views[-1].page)
    found = run.find(expected.element or "")
    if found is None:
        name = expected.element
        return _Unknown(f"there is no element {name} on the page that is open", f"当前页面上没有元素 {name}")
    return _look_at(run, *found, expected)


def _look_at(run: Run, place: Place, name: str, expected: Expectation) -> Value | _Unknown:
    element = place.elements[name]
    if expected.kind == "visible":
        return Value(run.is_visible(place, name))
    if expected.kind == "enabled":
        return Value(run.is_enabled(place, name))
    if expected.kind in ("text", "level"):
        return _shown(run, place, element, expected)
    if expected.kind == "output":
        return run.output(name, expected.name, place) or _Unknown(
            f"{element.type} has no output {expected.name}; name one of those it has",
            f"{element.type} 没有输出 {expected.name}，请写出它的一个输出",
        )
    target = "@tone" if expected.kind == "tone" else expected.name
    bound = element.bind.get("/" + target)
    if bound is not None:
        return run.value(bound, place)
    return Value(_property(element.props, target)) if expected.kind == "property" else WAITING


def _shown(run: Run, place: Place, element: Element, expected: Expectation) -> Value | _Unknown:
    """The text a block shows for an input, or where it stands against its limits, with the input's quality."""
    bound = _input(run, element, expected.name)
    if bound is None:
        return _Unknown(
            f"{element.type} has no such bound input; name one of those it has",
            f"{element.type} 没有这样绑定的输入，请写出它的一个输入",
        )
    value = run.value(bound, place)
    if expected.kind == "level":
        return Value(run.level(bound, place).v, value.q)
    meta, role = run.meta(bound, place)
    decimals = element.props.get("decimals")
    places = decimals if isinstance(decimals, int) and not isinstance(decimals, bool) else None
    is_whole = _kind(run, role) in _WHOLE_KINDS
    return Value(shown_text(value.v, meta, run.test.language, places, is_whole=is_whole), value.q)


def _input(run: Run, element: Element, name: str) -> Binding | None:
    if name:
        return element.bind.get("/" + name)
    manifest = run.components.manifests.get(element.type)
    bound = [one for one in (manifest.inputs if manifest else ()) if "/" + one in element.bind]
    return element.bind["/" + bound[0]] if len(bound) == 1 else None


def _kind(run: Run, role: str) -> str:
    app = run.documents.app
    return next((need.kind for need in app.roles if need.role == role), "any") if app else "any"


def _property(props: Mapping[str, Any], name: str) -> Scalar:
    node: Any = props
    for part in name.split("/"):
        node = node.get(part) if isinstance(node, Mapping) else None
    return node if isinstance(node, str | int | float | bool) else None
