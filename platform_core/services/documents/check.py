"""Checking the files of an app, all findings at once: structure, properties, references, and lint.

Nothing is written and nothing outside is asked: what is installed (components, media, assets, roles) is handed in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import (
    APP_FILE,
    KIND_MAX,
    block_of,
    block_path,
    kind_of,
    page_of,
    page_path,
    test_of,
)
from platform_core.services.documents.app_file_check import check_app_file, check_code_blocks, check_test
from platform_core.services.documents.check_memory import CheckMemory
from platform_core.services.documents.context import BlockLink, Context, PageLink, Sheet, app_link, sheet_of
from platform_core.services.documents.findings import Finding, finding, pointer
from platform_core.services.documents.lint import Plant, lint_app, lint_page, lint_reach
from platform_core.services.documents.no_collection import no_collection
from platform_core.services.documents.page_check import check_block, check_page
from platform_core.services.documents.parsed import Files
from platform_core.services.documents.source import Documents, Source
from schemas.models.app_test import AppTestDocument

_Found = TypeVar("_Found")
#: The findings of a page, and its warnings, which are told after those of all pages.
_PageFindings = tuple[list[Finding], list[Finding]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the app meets where it is checked. ``media`` None: not known; ``plant`` None: no site; ``memory`` None:
    everything is looked at anew.
    """

    components: ComponentCatalog
    media: frozenset[str] | None = None
    plant: Plant | None = None
    memory: CheckMemory | None = None


def check_files(files: Files, around: Surroundings, app_id: str | None = None) -> list[Finding]:
    """Everything found. ``app_id`` is how the app is called where it is kept; elements are lifted first."""
    return check_source(Source.of(files), around, app_id)


def check_source(source: Source, around: Surroundings, app_id: str | None = None) -> list[Finding]:
    """As ``check_files``; a file whose findings are remembered is not read."""
    with no_collection():
        return _Check(source, around).everything(app_id)


class _Check:
    """One check while it runs."""

    def __init__(self, source: Source, around: Surroundings) -> None:
        self.source = source
        self.around = around
        self.documents = Documents(source, around.components.manifests)
        self.sheets = {path: self.sheet(path) for path in sorted(source.hashes)}
        self.context = self.make_context()

    def everything(self, app_id: str | None) -> list[Finding]:
        """All findings, in the order of their kinds."""
        found = list(_of_the_whole(self.source.hashes))
        for sheet in self.sheets.values():
            found += sheet.findings
        pages = [self.page(path) for path in self.paths(PageLink)]
        for findings, _ in pages:
            found += findings
        for path in self.paths(BlockLink):
            found += self.block(path)
        for path in self.sheets:
            found += self.test(path)
        app = self.documents.app
        if app is not None:
            types = {name for sheet in self.sheets.values() for name in sheet.types}
            found += check_app_file(app, self.context, types, app_id)
            found += check_code_blocks(app, types, self.around.components)
        for _, warnings in pages:
            found += warnings
        return [*found, *self.lint_whole()]

    def lint_whole(self) -> Iterator[Finding]:
        """Warnings about the app as a whole."""
        app, pages = self.documents.app, self.context.pages
        if app is None:
            return
        led_to = {name for sheet in self.sheets.values() for name in sheet.leads_to}
        led_to |= {page.parent for page in pages.values() if page.parent}
        yield from lint_reach(app, pages, led_to)
        yield from lint_app(app)
        if pages and all(self.test_in(path) is None for path in self.sheets):
            yield finding("lint.test_missing", pointer(APP_FILE))

    # what is remembered

    def ask(self, kind: str, path: str, others: Iterable[str | None], find: Callable[[], _Found]) -> _Found:
        """Asks the memory; ``others`` is, beside the file, all that the answer depends on. None: not known."""
        memory, own = self.around.memory, self.source.hashes[path]
        key = (kind, path, own, *others)
        if memory is None or memory.components is not self.around.components:
            return find()
        known = tuple(part for part in key if part is not None)
        return memory.ask(known, find) if len(known) == len(key) else find()

    def sheet(self, path: str) -> Sheet:
        """A file on its own."""
        return self.ask("sheet", path, (), lambda: sheet_of(*self.documents.parsed(path)))

    def page(self, path: str) -> _PageFindings:
        """Findings and warnings of a readable page."""

        def find() -> _PageFindings:
            page_id = page_of(path) or ""
            page = self.documents.page(page_id)
            if page is None:
                return [], []
            warnings = list(lint_page(pointer(path), page, self.context.plant, self.around.components))
            return list(check_page(page_id, page, self.context, self.around.components)), warnings

        return self.ask("page", path, (self.context.digest,), find)

    def block(self, path: str) -> list[Finding]:
        """Findings of a readable block."""

        def find() -> list[Finding]:
            key = block_of(path)
            block = None if key is None else self.documents.block(key)
            if key is None or block is None:
                return []
            return list(check_block(key, block, self.context, self.around.components))

        return self.ask("block", path, (self.context.digest,), find)

    def test(self, path: str) -> list[Finding]:
        """Findings of a test; it depends on the page it opens as well."""
        name = test_of(path)
        test = self.test_in(path)
        if name is None or test is None:
            return []
        opened = self.source.hashes.get(page_path(test.page), "")
        blocks = [self.source.hashes[block_path(*key)] for key in sorted(self.context.block_ids)]

        def find() -> list[Finding]:
            return list(check_test(name, test, self.documents, self.context, self.around.components))

        return self.ask("test", path, (opened, *blocks, self.context.digest), find)

    def test_in(self, path: str) -> AppTestDocument | None:
        """A test that can be read; None for everything else."""
        name = test_of(path)
        return None if name is None else self.documents.test(name)

    # the context

    def paths(self, kind: type[PageLink] | type[BlockLink]) -> list[str]:
        """Files of a kind that can be read."""
        return [path for path, sheet in self.sheets.items() if isinstance(sheet.link, kind)]

    def make_context(self) -> Context:
        """What the files know of each other."""
        pages = {
            name: sheet.link
            for path, sheet in self.sheets.items()
            if isinstance(sheet.link, PageLink) and (name := page_of(path)) is not None
        }
        blocks = {
            key: sheet.link
            for path, sheet in self.sheets.items()
            if isinstance(sheet.link, BlockLink) and (key := block_of(path)) is not None
        }
        return Context(
            app=app_link(self.documents.app),
            pages=pages,
            page_ids=frozenset(name for path in self.sheets if (name := page_of(path)) is not None),
            page_states=frozenset(name for sheet in self.sheets.values() for name in sheet.states),
            blocks=blocks,
            block_ids=frozenset(key for path in self.sheets if (key := block_of(path)) is not None),
            media=self.around.media,
            plant=self.around.plant,
        )


def _of_the_whole(paths: Iterable[str]) -> Iterator[Finding]:
    names = list(paths)
    if APP_FILE not in names:
        yield finding("app.missing", "")
    kinds = Counter(kind_of(path) for path in names)
    for kind, most in KIND_MAX.items():
        if kinds[kind] > most:
            yield finding("app.size", "", kind=kind, max=most)
