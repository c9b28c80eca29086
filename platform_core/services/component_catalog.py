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
from schemas.component_schema import TYPES, TYPES_URI
from schemas.models.component import ComponentManifest

_LOG = logging.getLogger(__name__)
_REGISTRY: Registry[Any] = Registry().with_resource(TYPES_URI, DRAFT202012.create_resource(TYPES))


class ComponentCatalog:
    """Manifests by component id."""

    def __init__(self, manifests: list[ComponentManifest]) -> None:
        self.manifests: dict[str, ComponentManifest] = {}
        #: Fingerprints of properties that were found right, so that a large draft is not looked at anew each time.
        self.known_right: set[bytes] = set()
        self._validators: dict[str, Draft202012Validator] = {}
        self.add(manifests)

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
        more.add(self.manifests.values(), self._validators)
        more.add(manifests)
        return more

    def add(
        self, manifests: Iterable[ComponentManifest], validators: Mapping[str, Draft202012Validator] | None = None
    ) -> None:
        """Take manifests in; their validators are made unless they are given."""
        for manifest in manifests:
            self.manifests[manifest.id] = manifest
            known = (validators or {}).get(manifest.id)
            self._validators[manifest.id] = known or BoundedValidator(manifest.props, registry=_REGISTRY)

    @property
    def lifts(self) -> bool:
        """Whether any component has migrations at all."""
        return any(manifest.migrations for manifest in self.manifests.values())

    @property
    def is_empty(self) -> bool:
        """No manifests: nothing can be said about properties."""
        return not self.manifests

    def validator(self, component: str) -> Draft202012Validator:
        """The validator of a known component's properties."""
        return self._validators[component]
