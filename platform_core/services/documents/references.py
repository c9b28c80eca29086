"""What documents name must be there: elements, places, parameters, roles, states, pages, methods, pictures.

Works the same on a page and inside a block; ``Scope`` says what may be named there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import is_media_name
from platform_core.services.documents.context import Context
from platform_core.services.documents.expressions import check_formula
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.parsed import is_composite, variants
from schemas.models.action import (
    Action,
    CallMethodAction,
    CloseDialogAction,
    ExportAction,
    NavigateAction,
    OpenDialogAction,
    SetStateAction,
    WriteTagAction,
)
from schemas.models.binding import (
    Binding,
    Expression,
    ExpressionBinding,
    HistoryBinding,
    OutputBinding,
    ParamBinding,
    ParamRef,
    StateBinding,
    TagBinding,
)
from schemas.models.component import SlotSpec
from schemas.models.element import Element


@dataclass(frozen=True, slots=True)
class Scope:
    """A page or a block: its elements, and the parameters (name → type) and states that may be named in it."""

    base: str
    elements: Mapping[str, Element]
    params: Mapping[str, str]
    states: frozenset[str]
    context: Context
    components: ComponentCatalog
    is_block: bool = False

    def slots_of(self, element: Element) -> Mapping[str, SlotSpec] | None:
        """The places of an element; None when nothing is known about its component."""
        if is_composite(element):
            return {}
        manifest = self.components.manifests.get(element.type)
        return None if manifest is None else manifest.slots


def slot_spec(slots: Mapping[str, SlotSpec], name: str) -> SlotSpec | None:
    """The declaration of a place; repeated ones are called ``<name>_<n>``."""
    spec = slots.get(name)
    if spec is not None and spec.repeats is None:
        return spec
    stem, _, number = name.rpartition("_")
    spec = slots.get(stem)
    return spec if spec is not None and spec.repeats is not None and number.isdigit() else None


def check_scope(scope: Scope) -> Iterator[Finding]:
    """References of all elements of a page or block."""
    for element_id, element in scope.elements.items():
        where = scope.base + pointer("elements", element_id)
        held = list(_parents(scope, where, element_id))
        yield from held
        params = dict(scope.params) | ({} if held else _provided(scope, element))
        for target, binding in element.bind.items():
            at = where + pointer("bind", target)
            writes = not is_composite(element) and _is_write(scope, element, target)
            yield from _binding(scope, at, binding, params, writes=writes)
        for event, steps in element.events.items():
            yield from _steps(scope, where + pointer("events", event), steps, params)
        yield from _media(scope, where + "/props", element.props)


def _is_write(scope: Scope, element: Element, target: str) -> bool:
    manifest = scope.components.manifests.get(element.type)
    return manifest is not None and target[1:] in manifest.writes


def _parents(scope: Scope, where: str, element_id: str) -> Iterator[Finding]:
    seen = {element_id}
    parent = scope.elements[element_id].parent
    if parent is not None and parent.id in scope.elements:
        holder = scope.elements[parent.id]
        slots = scope.slots_of(holder)
        if slots is not None and slot_spec(slots, parent.slot) is None:
            known = variants(slots)
            yield finding("reference.slot", where + "/parent/slot", type=holder.type, slot=parent.slot, known=known)
    while parent is not None:
        if parent.id in seen:
            yield finding("reference.cycle", where + "/parent")
            return
        if parent.id not in scope.elements:
            yield finding("reference.element", where + "/parent/id", id=parent.id)
            return
        seen.add(parent.id)
        parent = scope.elements[parent.id].parent


def _provided(scope: Scope, element: Element) -> dict[str, str]:
    """Parameters that the places around an element provide."""
    provided: dict[str, str] = {}
    parent = element.parent
    while parent is not None:
        holder = scope.elements[parent.id]
        spec = slot_spec(scope.slots_of(holder) or {}, parent.slot)
        if spec is not None:
            provided = {name: "text" if kind == "string" else kind for name, kind in spec.provides.items()} | provided
        parent = holder.parent
    return provided


def _binding(
    scope: Scope, at: str, binding: Binding, params: Mapping[str, str], *, writes: bool = False
) -> Iterator[Finding]:
    if isinstance(binding, ParamBinding) and binding.param not in params:
        yield finding("reference.param", at + "/param", name=binding.param)
    elif isinstance(binding, TagBinding | HistoryBinding):
        yield from _asset(at, binding.asset, params)
        yield from _role(scope, at, binding.role)
    elif isinstance(binding, StateBinding) and binding.name not in scope.states:
        yield finding("reference.state", at + "/name", name=binding.name)
    elif isinstance(binding, OutputBinding):
        yield from _output(scope, at, binding)
    elif isinstance(binding, ExpressionBinding):
        yield from _expression(scope, at, binding, params)


def _asset(at: str, asset: Any, params: Mapping[str, str]) -> Iterator[Finding]:
    if isinstance(asset, ParamRef):
        if asset.param not in params:
            yield finding("reference.param", at + "/asset/param", name=asset.param)
        elif params[asset.param] in ("number", "boolean"):
            yield finding("reference.param_type", at + "/asset/param", name=asset.param)


def _role(scope: Scope, at: str, role: str) -> Iterator[Finding]:
    app = scope.context.app
    if app is not None and role != "*" and role not in app.roles:
        yield finding("reference.role", at + "/role", role=role)


def _output(scope: Scope, at: str, binding: OutputBinding) -> Iterator[Finding]:
    other = scope.elements.get(binding.element)
    if other is None:
        yield finding("reference.element", at + "/element", id=binding.element)
        return
    manifest = scope.components.manifests.get(other.type)
    if is_composite(other) or (manifest is not None and binding.output not in manifest.outputs):
        known = variants(manifest.outputs if manifest else {})
        yield finding("reference.output", at + "/output", type=other.type, name=binding.output, known=known)


def _expression(
    scope: Scope, at: str, expression: Expression, params: Mapping[str, str], *, with_event: bool = False
) -> Iterator[Finding]:
    app = scope.context.app
    for problem in check_formula(expression, {} if app is None else app.roles, with_event=with_event):
        yield finding("expression.invalid", at + "/text", detail=problem.en, detail_zh=problem.zh)
    for name, variable in expression.vars.items():
        yield from _binding(scope, at + pointer("vars", name), variable, params)


def _steps(scope: Scope, at: str, steps: Action | tuple[Action, ...], params: Mapping[str, str]) -> Iterator[Finding]:
    listed = steps if isinstance(steps, tuple) else (steps,)
    for number, step in enumerate(listed):
        where = at + pointer(number) if isinstance(steps, tuple) else at
        if step.when is not None:
            yield from _expression(scope, where + "/when", step.when, params, with_event=True)
        yield from _step(scope, where, step, params)


def _step(scope: Scope, at: str, step: Action, params: Mapping[str, str]) -> Iterator[Finding]:
    if isinstance(step, NavigateAction | OpenDialogAction):
        yield from _page(scope, at, step, params)
    elif isinstance(step, SetStateAction):
        if step.name not in scope.states:
            yield finding("reference.state", at + "/name", name=step.name)
        yield from _value(scope, at + "/value", step.value, params)
    elif isinstance(step, WriteTagAction):
        yield from _asset(at, step.asset, params)
        yield from _role(scope, at, step.role)
        yield from _value(scope, at + "/value", step.value, params)
        if step.confirm == "none":
            yield finding("lint.confirm", at + "/confirm")
    elif isinstance(step, CallMethodAction):
        yield from _method(scope, at, step, params)
    elif isinstance(step, ExportAction) and step.element is not None and step.element not in scope.elements:
        yield finding("reference.element", at + "/element", id=step.element)
    elif isinstance(step, CloseDialogAction) and scope.is_block:
        yield finding("reference.block_dialog", at + "/action")


def _value(scope: Scope, at: str, binding: Binding | str, params: Mapping[str, str]) -> Iterator[Finding]:
    """A value of a step: in its formulas ``event`` is known."""
    if isinstance(binding, str):
        return
    if isinstance(binding, ExpressionBinding):
        yield from _expression(scope, at, binding, params, with_event=True)
    else:
        yield from _binding(scope, at, binding, params)


def _page(
    scope: Scope, at: str, step: NavigateAction | OpenDialogAction, params: Mapping[str, str]
) -> Iterator[Finding]:
    for name, value in step.params.items():
        yield from _value(scope, at + pointer("params", name), value, params)
    if isinstance(step, NavigateAction) and step.app is not None:
        return  # another app: looked up when it is opened
    if step.page not in scope.context.page_ids:
        yield finding("reference.page", at + "/page", page=step.page)
        return
    page, app = scope.context.pages.get(step.page), scope.context.app
    if page is None or app is None:
        return
    for name in step.params:
        if name not in page.params and name not in app.params:
            yield finding("reference.page_param", at + pointer("params", name), page=step.page, name=name)


def _method(scope: Scope, at: str, step: CallMethodAction, params: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in step.params.items():
        yield from _value(scope, at + pointer("params", name), value, params)
    other = scope.elements.get(step.element)
    if other is None:
        yield finding("reference.element", at + "/element", id=step.element)
        return
    manifest = scope.components.manifests.get(other.type)
    if is_composite(other) or (manifest is not None and step.method not in manifest.methods):
        known = variants(manifest.methods if manifest else {})
        yield finding("reference.method", at + "/method", type=other.type, name=step.method, known=known)


def media_names(node: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every picture a document names, with its path inside the document."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), node)]
    while stack:
        path, here = stack.pop()
        if isinstance(here, str):
            if is_media_name(here):
                yield path, here
        elif isinstance(here, Mapping):
            stack.extend(((*path, str(name)), child) for name, child in here.items())
        elif isinstance(here, list | tuple):
            stack.extend(((*path, index), child) for index, child in enumerate(here))


def _media(scope: Scope, at: str, props: Mapping[str, Any]) -> Iterator[Finding]:
    media = scope.context.media
    if media is None:
        return
    for path, name in media_names(props):
        if name not in media:
            yield finding("reference.media", at + pointer(*path), name=name)
