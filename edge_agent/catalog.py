"""What this agent can talk to: the manifests of its drivers, for the platform's forms."""

from __future__ import annotations

import hashlib
import json

from connectors import registry


def catalog_json() -> str:
    """All manifests as one JSON object by driver id; sorted, so equal catalogs are equal texts."""
    content = {name: manifest.model_dump(mode="json") for name, manifest in registry.manifests().items()}
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)


def catalog_hash() -> str:
    """A short hash of the catalog, for the birth message."""
    return hashlib.sha256(catalog_json().encode()).hexdigest()[:16]
