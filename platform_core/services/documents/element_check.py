"""One element against the manifest of its component, or against the block it is an instance of."""

from __future__ import annotations

from typing import Any

from platform_core.components.migrate import can_lift
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.context import BlockLink, Context
from platform_core.services.documents.finding_texts import PROPS_ZH
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.parsed import block_key, is_composite, variants
from schemas.models.binding import ELEMENT_TARGETS, Binding, HistoryBinding, OtherBinding
from schemas.models.component import ComponentManifest
from schemas.models.element import Element

ERRORS_PER_ELEMENT_MAX = 20
_WRITE_SOURCES = ("tag", "state")
_PARAM_TYPES: dict[str, tuple[type, ...]] = {
    "asset": (str,),
    "text": (str, dict),
    "number": (int, float),
    "boolean": (bool,),
}


def check_element(where: str, element: Element, context: Context, components: ComponentCatalog) -> list[Finding]:
    """Type, version, properties and bindings; ``where`` is the element's pointer."""
    if is_composite(element):
        return _instance(where, element, context)
    if components.is_empty:
        return []
    manifest = components.manifests.get(element.type)
    if manifest is None:
        return [finding("component.unknown", where + "/type", type=element.type)]
    if element.props_version != manifest.props_version:
        if element.props_version < manifest.props_version and can_lift(element.props_version, manifest):
            return []  # lifted when it is read; checked then
        code = "component.newer" if element.props_version > manifest.props_version else "component.migration"
        known = manifest.props_version
        one = finding(code, where + "/props_version", type=element.type, version=element.props_version, known=known)
        return [one, *_bindings(where, element, manifest)]
    found = (
        _properties(where, element, components)
        + _bindings(where, element, manifest)
        + _events(where, element, manifest)
    )
    if manifest.status.stage == "deprecated":
        by = manifest.status.replaced_by or "–"
        found.append(finding("component.deprecated", where + "/type", type=element.type, by=by))
    return found


def _properties(where: str, element: Element, components: ComponentCatalog) -> list[Finding]:
    """Errors of the properties; a bound property may be missing, and what it holds is not looked at."""
    if components.accepts(element.type, element.props):
        return []
    bound = [tuple(target[1:].split("/")) for target in element.bind]
    found: list[Finding] = []
    for error in components.validator(element.type).iter_errors(element.props):
        path = tuple(str(part) for part in error.absolute_path)
        if any(path[: len(target)] == target for target in bound):
            continue
        if error.validator == "required":
            missing = next((n for n in error.validator_value if f"{n!r} is a required" in error.message), "")
            if any((*path, missing)[: len(target)] == target for target in bound):
                continue
        keyword = str(error.validator)
        detail_zh = PROPS_ZH.get(keyword, error.message)
        at = where + "/props" + pointer(*path)
        found.append(finding(f"props.{keyword}", at, text="props", detail=error.message, detail_zh=detail_zh))
        if len(found) >= ERRORS_PER_ELEMENT_MAX:
            break
    return found


def _bindings(where: str, element: Element, manifest: ComponentManifest) -> list[Finding]:
    found: list[Finding] = []
    count: dict[str, int] = {}
    for target, binding in element.bind.items():
        at = where + pointer("bind", target)
        name, _, item = target[1:].partition("/")
        count[name] = count.get(name, 0) + 1
        found += _one_binding(at, element.type, name, item, binding, manifest)
        spec = manifest.inputs.get(name)
        if spec is not None and count[name] > (spec.items_max if spec.many else 1):
            most = spec.items_max if spec.many else 1
            found.append(finding("binding.many", at, name=name, max=most))
    found += [
        finding("lint.unbound", where + pointer("bind", "/" + name), name=name)
        for name, spec in manifest.inputs.items()
        if spec.required and name not in count
    ]
    found += [
        finding("lint.unbound", where + pointer("bind", "/" + name), name=name)
        for name, write in manifest.writes.items()
        if write.required and name not in count
    ]
    return found


def _one_binding(
    at: str, kind: str, name: str, item: str, binding: Binding, manifest: ComponentManifest
) -> list[Finding]:
    if isinstance(binding, OtherBinding):
        return [finding("binding.later", at + "/source", source=binding.source)]
    spec = manifest.inputs.get(name)
    if spec is not None:
        if binding.source not in spec.from_:
            known = ", ".join(spec.from_)
            return [finding("binding.source", at + "/source", name=name, source=binding.source, known=known)]
        if item and not (spec.many and item.isdigit()):
            return [finding("binding.many", at, name=name, max=spec.items_max if spec.many else 1)]
        return []
    if name in manifest.writes:
        if binding.source not in _WRITE_SOURCES:
            return [finding("binding.write_source", at + "/source", name=name, source=binding.source)]
        return []
    props: dict[str, Any] = manifest.props.get("properties", {})
    if name in props or (name in ELEMENT_TARGETS and not item):
        return _property_binding(at, binding)
    known = variants({*manifest.inputs, *manifest.writes, *props, *ELEMENT_TARGETS})
    return [finding("binding.target", at, type=kind, name=name, known=known)]


def _property_binding(at: str, binding: Binding) -> list[Finding]:
    if isinstance(binding, HistoryBinding) and binding.fn is None:
        return [finding("binding.property_source", at)]
    return []


def _events(where: str, element: Element, manifest: ComponentManifest) -> list[Finding]:
    return [
        finding(
            "reference.event",
            where + pointer("events", name),
            type=element.type,
            name=name,
            known=variants(manifest.events),
        )
        for name in element.events
        if name not in manifest.events
    ]


def _instance(where: str, element: Element, context: Context) -> list[Finding]:
    key = block_key(element)
    if key not in context.block_ids:
        return [finding("reference.block", where + "/props_version", block=key[0], version=key[1])]
    block = context.blocks.get(key)
    return [] if block is None else _instance_params(where, element, block)


def _instance_params(where: str, element: Element, block: BlockLink) -> list[Finding]:
    found: list[Finding] = []
    for name, value in element.props.items():
        at = where + pointer("props", name)
        kind = block.params.get(name)
        if kind is None:
            found.append(finding("reference.block_param", at, block=block.id, name=name))
        elif value is not None and not _fits(value, kind):
            found.append(finding("reference.block_param_type", at, name=name, type=kind))
    for target, binding in element.bind.items():
        at = where + pointer("bind", target)
        name = target[1:]
        if name not in ELEMENT_TARGETS and name not in block.params:
            found.append(finding("reference.block_param", at, block=block.id, name=name))
        found += _property_binding(at, binding)
    found += [
        finding("reference.event", where + pointer("events", name), type=element.type, name=name, known="–")
        for name in element.events
    ]
    return found


def _fits(value: Any, kind: str) -> bool:
    if isinstance(value, bool) and kind != "boolean":
        return False
    return isinstance(value, _PARAM_TYPES[kind])
