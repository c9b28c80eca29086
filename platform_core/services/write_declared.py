"""What an app's release lets be written: an element's write or a step of one of its events.

A browser asks for a write by naming the element; only what the published documents say is believed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.visibility import may
from schemas.errors import WriteRejected
from schemas.models.element import COMPOSITE_PREFIX
from schemas.models.tenant import Role

_CONFIRMS = ("none", "dialog", "hold")
_UNSET = object()


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """What a browser asks for. `element` is an id, or `instance/…/id` inside blocks.

    Either `write`, the element's write (`target`, or `target/0` where several may be bound), or `event` and `step`.
    """

    app: str
    release: int
    page: str
    element: str
    asset: str
    role: str
    value: Any
    write: str | None = None
    event: str | None = None
    step: int = 0


@dataclass(frozen=True, slots=True)
class AssetRule:
    """Which assets a declaration lets be chosen: exactly `asset`, or any that fits type, level and options."""

    asset: str | None = None
    type: str | None = None
    level: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A write as the release declares it. `low`, `high` and `step` are the element's own properties."""

    rule: AssetRule
    role: str
    confirm: str
    targets: tuple[str, ...] = ("device", "manual")
    fixed: Any = _UNSET
    low: float | None = None
    high: float | None = None
    step: float | None = None

    def fits_fixed(self, value: Any) -> bool:
        """Whether the value is the one the document fixes, where it fixes one."""
        return self.fixed is _UNSET or (self.fixed == value and isinstance(self.fixed, bool) == isinstance(value, bool))


def declared_write(files: Mapping[str, Any], asked: WriteRequest, role: Role, components: ComponentCatalog) -> Declared:
    """What the documents say about the write that is asked for.

    Raises `WriteRejected`: `write.element` (no such app, page or element for this role), `write.use` (the role may see
    but not use it), `write.declared` (the element declares no such write).
    """
    document = files.get(f"pages/{asked.page}.json")
    app = files.get("app.json")
    if not isinstance(app, dict) or not isinstance(document, dict):
        raise _no_element()
    _check_access([app, document], role)
    scopes: list[Mapping[str, Any]] = [{**(app.get("params") or {}), **(document.get("params") or {})}]
    path = asked.element.split("/")
    instance: Mapping[str, Any] = {}
    element: Mapping[str, Any] = {}
    for depth, element_id in enumerate(path):
        found = (document.get("elements") or {}).get(element_id)
        if not isinstance(found, dict):
            raise _no_element()
        element = found
        _check_access([*_ancestors(document, element), element], role)
        if depth + 1 < len(path):
            document = _block(files, element)
            scopes.append(document.get("params") or {})
            instance = element
    is_inside = element.get("parent") is not None
    binding, confirm, targets, fixed = _declaration(element, asked, components)
    if binding.get("role") != asked.role:
        raise _not_declared()
    rule = _rule(binding.get("asset"), scopes[-1], instance, is_inside)
    props = element.get("props") or {}
    return Declared(
        rule, asked.role, confirm, targets, fixed, _number(props, "min"), _number(props, "max"), _number(props, "step")
    )


def _declaration(
    element: Mapping[str, Any], asked: WriteRequest, components: ComponentCatalog
) -> tuple[Mapping[str, Any], str, tuple[str, ...], Any]:
    if (asked.write is None) == (asked.event is None):
        raise _not_declared()
    if asked.write is not None:
        binding = (element.get("bind") or {}).get(f"/{asked.write}")
        name = asked.write.partition("/")[0]
        manifest = components.manifests.get(str(element.get("type")))
        spec = manifest.writes.get(name) if manifest is not None else None
        if not isinstance(binding, dict) or binding.get("source") != "tag" or (manifest is not None and spec is None):
            raise _not_declared()
        if manifest is None and not components.is_empty:
            raise _not_declared()
        own = str((element.get("props") or {}).get("confirm", "none"))
        confirm = _stronger(spec.confirm if spec is not None else "dialog", own)
        return binding, confirm, tuple(spec.targets) if spec is not None else ("device", "manual"), _UNSET
    given = (element.get("events") or {}).get(asked.event)
    steps = given if isinstance(given, list) else [given]
    step = steps[asked.step] if 0 <= asked.step < len(steps) else None
    if not isinstance(step, dict) or step.get("action") != "write_tag":
        raise _not_declared()
    value = step.get("value") or {}
    is_fixed = value.get("source") == "static" and not value.get("transforms")
    return step, str(step.get("confirm", "dialog")), ("device", "manual"), value.get("value") if is_fixed else _UNSET


def _rule(asset: Any, params: Mapping[str, Any], instance: Mapping[str, Any], is_inside: bool) -> AssetRule:
    if isinstance(asset, str):
        return AssetRule(asset)
    name = asset.get("param") if isinstance(asset, dict) else None
    spec = params.get(name) if isinstance(name, str) else None
    if not isinstance(spec, dict):
        if is_inside and isinstance(name, str):
            return AssetRule()  # a parameter that the element around it gives to each of its items
        raise _not_declared()
    if spec.get("type") != "asset":
        raise _not_declared()
    fixed = (instance.get("props") or {}).get(name)
    if isinstance(fixed, str):
        return AssetRule(fixed)
    return AssetRule(None, spec.get("asset_type"), spec.get("level"), tuple(spec.get("options") or ()))


def _ancestors(document: Mapping[str, Any], element: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    elements = document.get("elements") or {}
    seen: set[str] = set()
    parent = element.get("parent")
    while isinstance(parent, dict) and parent.get("id") not in seen:
        seen.add(str(parent.get("id")))
        above = elements.get(parent.get("id"))
        if not isinstance(above, dict):
            return
        yield above
        parent = above.get("parent")


def _block(files: Mapping[str, Any], element: Mapping[str, Any]) -> Mapping[str, Any]:
    kind = str(element.get("type"))
    name = kind[len(COMPOSITE_PREFIX) :] if kind.startswith(COMPOSITE_PREFIX) else ""
    document = files.get(f"blocks/{name}.{element.get('props_version')}.json")
    if not name or not isinstance(document, dict):
        raise _no_element()
    return document


def _check_access(documents: list[Mapping[str, Any]], role: Role) -> None:
    accesses = [document.get("access") or {} for document in documents]
    if not all(may(access.get("see"), role) for access in accesses):
        raise _no_element()
    for access in accesses:
        if not may(access.get("use"), role):
            raise WriteRejected("write.use", f"The role {role} may not use this.", hint="Ask an administrator.")


def _stronger(left: str, right: str) -> str:
    known = [word for word in (left, right) if word in _CONFIRMS]
    return max(known, key=_CONFIRMS.index, default="dialog")


def _number(props: Mapping[str, Any], name: str) -> float | None:
    value = props.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _no_element() -> WriteRejected:
    return WriteRejected("write.element", "There is no such element in the published app.", hint="Open the page again.")


def _not_declared() -> WriteRejected:
    return WriteRejected("write.declared", "The element does not declare this write.")
