"""The assets, roles and asset types a set of documents names, and writing other names in their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, kind_of
from schemas.models.element import COMPOSITE_PREFIX

_SIGNAL_SOURCES = ("tag", "history")


@dataclass(slots=True)
class SiteNames:
    """What an app expects of a site."""

    assets: set[str] = field(default_factory=set)
    signals: set[tuple[str, str]] = field(default_factory=set)
    asset_types: set[str] = field(default_factory=set)


def site_names(files: Mapping[str, Any]) -> SiteNames:
    """What the documents name."""
    names = SiteNames()
    for path, document in files.items():
        if kind_of(path) == "test":
            continue  # a test brings its own values
        for node in _objects(document):
            asset, role = node.get("asset"), node.get("role")
            if _is_signal(node) and isinstance(asset, str):
                names.assets.add(asset)
                if isinstance(role, str) and role != "*":
                    names.signals.add((asset, role))
            for key in ("asset_type", "faceplate_of"):
                if isinstance(node.get(key), str):
                    names.asset_types.add(node[key])
            if node.get("type") == "asset" and isinstance(node.get("default"), str):
                names.assets.add(node["default"])
    return names


def rename_site(
    files: Mapping[str, Any],
    components: ComponentCatalog,
    *,
    assets: Mapping[str, str],
    roles: Mapping[str, str],
    app_id: str | None = None,
) -> dict[str, Any]:
    """The documents with other names of assets and roles, and of the app itself; what is not named stays as it is."""
    renamed = {path: _renamed(document, assets, roles) for path, document in files.items()}
    for path, document in renamed.items():
        if kind_of(path) in ("page", "block") and isinstance(document, dict):
            renamed[path] = _props_renamed(document, components, assets, roles)
    app = renamed.get(APP_FILE)
    if app_id is not None and isinstance(app, dict):
        renamed[APP_FILE] = {**app, "id": app_id}
    return renamed


def _objects(node: Any) -> Iterator[Mapping[str, Any]]:
    stack = [node]
    while stack:
        here = stack.pop()
        if isinstance(here, Mapping):
            yield here
            stack.extend(here.values())
        elif isinstance(here, list):
            stack.extend(here)


def _is_signal(node: Mapping[str, Any]) -> bool:
    return node.get("source") in _SIGNAL_SOURCES or node.get("action") == "write_tag"


def _renamed(node: Any, assets: Mapping[str, str], roles: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(child, assets, roles) for child in node]
    if not isinstance(node, Mapping):
        return node
    new = {name: _renamed(child, assets, roles) for name, child in node.items()}
    is_given = "asset" in new and "role" in new and ("v" in new or "q" in new)
    if _is_signal(node) or is_given:
        new |= {"asset": _other(new.get("asset"), assets), "role": _other(new.get("role"), roles)}
    elif "role" in new and "kind" in new:  # a signal the app asks for
        new["role"] = _other(new["role"], roles)
    if new.get("kind") == "write" and isinstance(new.get("name"), str):
        asset, _, role = new["name"].partition(".")
        new["name"] = f"{assets.get(asset, asset)}.{roles.get(role, role)}" if role else new["name"]
    if new.get("type") == "asset":
        new = {n: _each(v, assets) if n in ("default", "options") else v for n, v in new.items()}
    if isinstance(new.get("params"), dict) and ("page" in new or "action" in new):
        new["params"] = {name: _other(value, assets) for name, value in new["params"].items()}
    return new


def _other(value: Any, names: Mapping[str, str]) -> Any:
    return names.get(value, value) if isinstance(value, str) else value


def _each(value: Any, names: Mapping[str, str]) -> Any:
    return [_other(one, names) for one in value] if isinstance(value, list) else _other(value, names)


def _props_renamed(
    document: dict[str, Any], components: ComponentCatalog, assets: Mapping[str, str], roles: Mapping[str, str]
) -> dict[str, Any]:
    """Properties that hold an asset or a role: by the manifest, and all texts of a block's instance."""
    elements = document.get("elements")
    if not isinstance(elements, dict):
        return document
    new = {}
    for element_id, element in elements.items():
        props = element.get("props") if isinstance(element, dict) else None
        if isinstance(props, dict) and props:
            kinds = _reference_props(str(element.get("type", "")), components)
            changed = {n: _each(v, _names(kinds, n, assets, roles)) for n, v in props.items()}
            new[element_id] = {**element, "props": changed}
        else:
            new[element_id] = element
    return {**document, "elements": new}


def _names(
    kinds: Mapping[str, str] | None, prop: str, assets: Mapping[str, str], roles: Mapping[str, str]
) -> Mapping[str, str]:
    kind = "asset" if kinds is None else kinds.get(prop, "")
    return {"asset": assets, "role": roles}.get(kind, {})


def _reference_props(component: str, components: ComponentCatalog) -> dict[str, str] | None:
    """Property → asset or role; None for an instance of a block."""
    if component.startswith(COMPOSITE_PREFIX):
        return None
    manifest = components.manifests.get(component)
    found: dict[str, str] = {}
    for name, schema in (manifest.props.get("properties", {}) if manifest else {}).items():
        inner = schema.get("items", schema) if isinstance(schema, dict) else {}
        reference = str(inner.get("$ref", "")) if isinstance(inner, dict) else ""
        if reference.startswith("interlock:types#/"):
            found[name] = reference.rpartition("/")[2]
    return found
