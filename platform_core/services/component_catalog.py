"""Component manifests, read from the built web app, and the check of an element against its manifest.

Where the web app is not built there are no manifests, and properties are not checked: ``is_empty`` says so.
"""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from schemas.component_schema import TYPES, TYPES_URI
from schemas.errors import Problem
from schemas.models.component import ComponentManifest
from schemas.models.element import Element

_LOG = logging.getLogger(__name__)

ERRORS_PER_ELEMENT_MAX = 20


class ComponentCatalog:
    """Manifests by component id."""

    def __init__(self, manifests: list[ComponentManifest]) -> None:
        registry: Registry[Any] = Registry().with_resource(TYPES_URI, DRAFT202012.create_resource(TYPES))
        self.manifests = {manifest.id: manifest for manifest in manifests}
        self._validators = {
            manifest.id: Draft202012Validator(manifest.props, registry=registry) for manifest in manifests
        }

    @classmethod
    def from_folder(cls, folder: Path) -> ComponentCatalog:
        """Read ``<id>.json`` or ``<id>/component.json``; a manifest that is not valid is logged and left
        out.
        """
        manifests = []
        for path in sorted([*folder.glob("*.json"), *folder.glob("*/component.json")]):
            try:
                manifests.append(ComponentManifest.model_validate(json.loads(path.read_text("utf-8"))))
            except (ValidationError, ValueError) as error:
                _LOG.error("Component manifest %s is left out: %s", path.name, error)
        return cls(manifests)

    @property
    def is_empty(self) -> bool:
        """No manifests: nothing can be said about properties."""
        return not self.manifests

    def check_element(self, where: str, element: Element) -> list[Problem]:
        """Problems of an element's type, version, properties and bindings; ``where`` is its JSON pointer."""
        if self.is_empty:
            return []
        manifest = self.manifests.get(element.type)
        if manifest is None:
            text = f"There is no component {element.type}."
            return [Problem("component.unknown", where + "/type", text, f"One of {', '.join(self.manifests)}.")]
        problems = []
        if element.props_version > manifest.props_version:
            text = f"Made for version {element.props_version}; here is {manifest.props_version}."
            problems.append(Problem("component.newer", where + "/props_version", text, "Update Interlock."))
        errors = self._validators[element.type].iter_errors(element.props)
        for _, error in zip(range(ERRORS_PER_ELEMENT_MAX), errors, strict=False):
            path = where + "/props" + "".join(f"/{_escaped(part)}" for part in error.absolute_path)
            problems.append(Problem(f"props.{error.validator}", path, error.message[:300]))
        return problems + _binding_problems(where, element, manifest)


def _binding_problems(where: str, element: Element, manifest: ComponentManifest) -> list[Problem]:
    problems = []
    bound: dict[str, int] = {}
    props = manifest.props.get("properties", {})
    for target, binding in element.bind.items():
        at = f"{where}/bind/{_escaped(target)}"
        name, _, item = target[1:].partition("/")
        spec = manifest.inputs.get(name)
        bound[name] = bound.get(name, 0) + 1
        if spec is None and name not in props:
            text = f"{element.type} has no input or property {name}."
            problems.append(Problem("binding.target", at, text, f"Inputs: {', '.join(manifest.inputs)}."))
        elif spec is not None and binding.source not in spec.from_:
            text = f"{name} cannot come from {binding.source}."
            problems.append(Problem("binding.source", at + "/source", text, f"One of {', '.join(spec.from_)}."))
        elif spec is not None and item and not spec.many:
            problems.append(Problem("binding.many", at, f"{name} takes one binding."))
        if spec is not None and bound[name] > spec.items_max and spec.many:
            problems.append(Problem("binding.many", at, f"{name} takes at most {spec.items_max} bindings."))
    return problems


def _escaped(part: Any) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
