"""Generated files follow their source, and a drift is noticed."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from schemas.codegen import __main__ as codegen
from schemas.codegen.documents import DOCUMENTS
from schemas.codegen.emit_json import document_schema


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_schemas_are_valid_and_say_what_each_field_means(name: str) -> None:
    schema = document_schema(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    for part in [schema, *schema.get("$defs", {}).values()]:
        for field, value in part.get("properties", {}).items():
            described = value.get("description", "") or "$ref" in value
            assert described, f"{name}: {field} has no description"
            if value.get("description"):
                assert value["description"].endswith("."), f"{name}: {field}"


def test_drift_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codegen, "generated", lambda root: {"a.json": "{}\n", "b/c.md": "x\n"})
    assert codegen.drifted(tmp_path) == ["a.json", "b/c.md"]
    codegen.write(tmp_path)
    assert codegen.drifted(tmp_path) == []
    (tmp_path / "a.json").write_text("{ }\n")
    assert codegen.drifted(tmp_path) == ["a.json"]
