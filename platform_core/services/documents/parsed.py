"""The files of an app as models; what cannot be read is a finding and left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from platform_core.services.document_paths import kind_of
from platform_core.services.documents.finding_texts import STRUCTURE_ZH
from platform_core.services.documents.findings import Finding, finding, pointer
from schemas.models.app import AppDocument, PageDocument
from schemas.models.app_test import AppTestDocument
from schemas.models.base import Document
from schemas.models.composite import CompositeDocument
from schemas.models.element import COMPOSITE_PREFIX, Element

Files = Mapping[str, Any]
MODELS: dict[str, type[Document]] = {
    "app": AppDocument,
    "page": PageDocument,
    "block": CompositeDocument,
    "test": AppTestDocument,
}
ERRORS_PER_FILE_MAX = 100


def is_composite(element: Element) -> bool:
    """Whether the element is an instance of a block of the app."""
    return element.type.startswith(COMPOSITE_PREFIX)


def block_key(element: Element) -> tuple[str, int]:
    """Id and version of the block an instance names."""
    return element.type.removeprefix(COMPOSITE_PREFIX), element.props_version


def parse_file(path: str, content: Any, base: str | None = None) -> tuple[Document | None, list[Finding]]:
    """One file as its model, or what is wrong with its structure; ``base`` is put before the pointers."""
    model = MODELS[kind_of(path) or "app"]
    start = pointer(path) if base is None else base
    try:
        return model.model_validate(content), []
    except ValidationError as errors:
        found = []
        for error in errors.errors(include_url=False, include_input=False, include_context=False)[:ERRORS_PER_FILE_MAX]:
            where = start + pointer(*error["loc"])
            detail_zh = STRUCTURE_ZH.get(error["type"], error["msg"])
            code = f"structure.{error['type']}"
            found.append(finding(code, where, text="structure", detail=error["msg"], detail_zh=detail_zh))
        return None, found


def variants(values: object) -> str:
    """Names in a sentence."""
    names = sorted(str(value) for value in values) if isinstance(values, (set, frozenset, dict, tuple, list)) else []
    return ", ".join(names) or "–"
