"""JSON Schema 2020-12 of every document, canonical: sorted keys, one member per line."""

from __future__ import annotations

import json
from typing import Any

from schemas.codegen.documents import DOCUMENTS


def document_schema(name: str) -> dict[str, Any]:
    """The published JSON Schema of one document."""
    model = DOCUMENTS[name]
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    _drop_field_titles(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"interlock:{name}-1", **schema}


def emit() -> dict[str, str]:
    """Path from the project's root → content."""
    return {
        f"schemas/json/{name}.schema.json": json.dumps(
            document_schema(name), indent=2, sort_keys=True, ensure_ascii=False
        )
        + "\n"
        for name in DOCUMENTS
    }


def _drop_field_titles(node: Any, *, within_properties: bool = False) -> None:
    # pydantic titles every field after its own name, which says nothing and bloats the types.
    if isinstance(node, dict):
        if not within_properties and "$defs" not in node and isinstance(node.get("title"), str):
            node.pop("title")
        for key, value in node.items():
            _drop_field_titles(value, within_properties=key in ("properties", "$defs"))
    elif isinstance(node, list):
        for item in node:
            _drop_field_titles(item)
