"""Component manifests, read from the built web app.

Where the web app is not built there are no manifests, and properties are not checked: ``is_empty`` says so.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from pydantic import ValidationError
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from platform_core.component_lint.closed import BoundedValidator
from platform_core.services.props_accept import Accepts, accepts
from schemas.component_schema import TYPES, TYPES_URI
from schemas.models.component import ComponentManifest

_LOG = logging.getLogger(__name__)
_REGISTRY: Registry[Any] = Registry().with_resource(TYPES_URI, DRAFT202012.create_resource(TYPES))


class ComponentCatalog:
    """Manifests by component id."""

    def __init__(self, manifests: list[ComponentManifest]) -> None:
        self.manifests: dict[str, ComponentManifest] = {}
        self._accepts: dict[str, Accepts] = {}
        self._validators: dict[str, Draft202012Validator] = {}
        for manifest in manifests:
            self._add(manifest)

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

    def with_more(self, manifests: Iterable[ComponentManifest]) -> ComponentCatalog:
        """This catalog and these manifests; one whose id is known already takes its place."""
        more = ComponentCatalog([])
        more.manifests |= self.manifests
        more._accepts |= self._accepts
        more._validators |= self._validators
        for manifest in manifests:
            more._add(manifest)
        return more

    def _add(self, manifest: ComponentManifest) -> None:
        self.manifests[manifest.id] = manifest
        self._accepts[manifest.id] = accepts(manifest.props)
        self._validators[manifest.id] = BoundedValidator(manifest.props, registry=_REGISTRY)

    @property
    def lifts(self) -> bool:
        """Whether any component has migrations at all."""
        return any(manifest.migrations for manifest in self.manifests.values())

    @property
    def is_empty(self) -> bool:
        """No manifests: nothing can be said about properties."""
        return not self.manifests

    def accepts(self, component: str, props: Mapping[str, Any]) -> bool:
        """Whether a known component's properties are right; a no is to be asked of its validator."""
        return self._accepts[component](props)

    def validator(self, component: str) -> Draft202012Validator:
        """The validator of a known component's properties."""
        return self._validators[component]
