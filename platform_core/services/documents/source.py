"""The files of an app, each read only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from platform_core.components.migrate import lift_file
from platform_core.services.document_paths import APP_FILE, block_path, page_path, test_path
from platform_core.services.documents.findings import Finding
from platform_core.services.documents.parsed import Files, parse_file
from schemas.models.app import AppDocument, PageDocument
from schemas.models.app_test import AppTestDocument
from schemas.models.base import Document
from schemas.models.component import ComponentManifest
from schemas.models.composite import CompositeDocument


@dataclass(frozen=True, slots=True)
class Source:
    """Path → hash of what is stored (None: not known), and how a file's content is read."""

    hashes: Mapping[str, str | None]
    read: Callable[[str], Any]

    @classmethod
    def of(cls, files: Files) -> Source:
        """Files that are in memory already."""
        return cls(dict.fromkeys(files), files.__getitem__)


class Documents:
    """The files as models, their elements in the versions of the installed components."""

    def __init__(self, source: Source, manifests: Mapping[str, ComponentManifest]) -> None:
        self.source = source
        self._manifests = manifests
        self._read: dict[str, tuple[Document | None, list[Finding]]] = {}

    @property
    def app(self) -> AppDocument | None:
        """app.json; None when it is missing or cannot be read."""
        found = self._document(APP_FILE)
        return found if isinstance(found, AppDocument) else None

    def page(self, page: str) -> PageDocument | None:
        """A page; None when it is missing or cannot be read."""
        found = self._document(page_path(page))
        return found if isinstance(found, PageDocument) else None

    def block(self, key: tuple[str, int]) -> CompositeDocument | None:
        """One version of a block; None when it is missing or cannot be read."""
        found = self._document(block_path(*key))
        return found if isinstance(found, CompositeDocument) else None

    def test(self, test: str) -> AppTestDocument | None:
        """A test; None when it is missing or cannot be read."""
        found = self._document(test_path(test))
        return found if isinstance(found, AppTestDocument) else None

    def parsed(self, path: str) -> tuple[Document | None, list[Finding]]:
        """A file as its model, and what is wrong with its structure."""
        if path not in self._read:
            content = self.source.read(path)
            self._read[path] = parse_file(path, lift_file(path, content, self._manifests))
        return self._read[path]

    def _document(self, path: str) -> Document | None:
        return self.parsed(path)[0] if path in self.source.hashes else None
