"""The files of an app as models; what cannot be read is a finding and left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from platform_core.services.document_paths import APP_FILE, KIND_MAX, block_of, kind_of, page_of, test_of
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


@dataclass(slots=True)
class AppFiles:
    """Parsed files: pages and tests by id, blocks by (id, version); ``findings`` says what could not be read."""

    app: AppDocument | None = None
    pages: dict[str, PageDocument] = field(default_factory=dict)
    blocks: dict[tuple[str, int], CompositeDocument] = field(default_factory=dict)
    tests: dict[str, AppTestDocument] = field(default_factory=dict)
    #: What is there as a file, readable or not: a reference to a broken page is not a dead link.
    page_ids: set[str] = field(default_factory=set)
    block_ids: set[tuple[str, int]] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)
    #: Names of the pictures that are there; None: not known, so not checked.
    media: frozenset[str] | None = None

    def block(self, element: Element) -> CompositeDocument | None:
        """The block an element is an instance of."""
        return self.blocks.get(block_key(element)) if is_composite(element) else None


def is_composite(element: Element) -> bool:
    """Whether the element is an instance of a block of the app."""
    return element.type.startswith(COMPOSITE_PREFIX)


def block_key(element: Element) -> tuple[str, int]:
    """Id and version of the block an instance names."""
    return element.type.removeprefix(COMPOSITE_PREFIX), element.props_version


def parse(files: Files) -> AppFiles:
    """Parse all files."""
    parsed = AppFiles()
    if APP_FILE not in files:
        parsed.findings.append(finding("app.missing", ""))
    kinds = Counter(kind_of(path) for path in files)
    parsed.findings += [
        finding("app.size", "", kind=kind, max=most) for kind, most in KIND_MAX.items() if kinds[kind] > most
    ]
    for path, content in sorted(files.items()):
        document, found = parse_file(path, content)
        parsed.findings += found
        page, block, test = page_of(path), block_of(path), test_of(path)
        if page is not None:
            parsed.page_ids.add(page)
        if block is not None:
            parsed.block_ids.add(block)
        if isinstance(document, AppDocument):
            parsed.app = document
        elif isinstance(document, PageDocument) and page is not None:
            parsed.pages[page] = document
        elif isinstance(document, CompositeDocument) and block is not None:
            parsed.blocks[block] = document
        elif isinstance(document, AppTestDocument) and test is not None:
            parsed.tests[test] = document
    return parsed


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
