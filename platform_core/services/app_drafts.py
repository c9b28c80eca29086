"""Drafts: files that people edit, each with an ETag; never lost, because what replaces a draft keeps it first.

A draft is read with its elements lifted to the installed components; what is stored changes when it is written, and
the draft as it was is kept as a snapshot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.components.migrate import lift_file, lift_files
from platform_core.db import Database
from platform_core.db.apps import AppDraftFileRow, AppReleaseRow, AppRow, AppSnapshotRow
from platform_core.services import canonical_json
from platform_core.services.app_check import check_file
from platform_core.services.app_media import add_pictures
from platform_core.services.app_rows import (
    DraftFile,
    Origin,
    as_draft,
    as_one_text,
    check_blocks,
    describe,
    draft_files,
    draft_hashes,
    draft_infos,
    keep,
    new_app,
    put_file,
    replace_draft,
    source_of,
    take_snapshot,
    texts_of,
    with_releases,
)
from platform_core.services.app_surroundings import Site
from platform_core.services.code_blocks import CodeBlocks
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, FILES_MAX, KIND_MAX, check_path, kind_of
from platform_core.services.documents.app_tests import TestResult, run_source_tests
from platform_core.services.documents.check import check_source
from platform_core.services.documents.check_memory import CheckMemory
from platform_core.services.documents.findings import Finding
from platform_core.services.documents.images import Picture
from platform_core.services.refusals import refusal
from schemas.errors import Problem
from schemas.identifiers import is_identifier


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A draft as it was before something replaced it."""

    no: int
    reason: str
    hash: str
    ts: int
    author: str


class Drafts:
    """Drafts of all tenants; each method works in the tenant given."""

    def __init__(
        self,
        database: Database,
        components: ComponentCatalog,
        site: Site,
        code_blocks: CodeBlocks,
        clock: Clock = now_us,
    ) -> None:
        self._database = database
        self._components = components
        self._site = site
        self._code_blocks = code_blocks
        self._memories: WeakKeyDictionary[ComponentCatalog, CheckMemory] = WeakKeyDictionary()
        self._clock = clock

    def memory(self, tenant: str, app_document: Any) -> CheckMemory:
        """What the check remembers for the components this app sees."""
        components = self._code_blocks.catalog(tenant, app_document, self._components)
        found = self._memories.get(components)
        if found is None:
            found = self._memories[components] = CheckMemory(components)
        return found

    def files(self, tenant: str, app: str) -> dict[str, DraftFile] | None:
        """The files by path, their elements lifted; None when there is no such app."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            found = None if row is None else with_releases(session, row, draft_files(session, row).values())
            app_file = None if row is None else _file(session, row, APP_FILE)
        if found is None:
            return None
        components = self._catalog(tenant, app_file)
        return {file.path: _lifted(file, components) for file in found}

    def infos(self, tenant: str, app: str) -> list[DraftFile] | None:
        """The files without their content, for those who only ask what has changed."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            return None if row is None else with_releases(session, row, draft_infos(session, row))

    def file(self, tenant: str, app: str, path: str) -> DraftFile | None:
        """One file, its elements lifted."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            found = None if row is None else _file(session, row, path)
            app_file = None if row is None else _file(session, row, APP_FILE)
        return None if found is None else _lifted(found, self._catalog(tenant, app_file))

    def write(
        self, tenant: str, app: str, path: str, document: Any, *, expected: str | None, author: str
    ) -> tuple[DraftFile, list[Problem]]:
        """Write a file of the draft; makes the app when it is new.

        ``expected`` is the hash the writer has read, None for a file that is not there yet. Raises ``ConfigError``:
        ``document.changed`` when someone else was faster, ``document.path`` or ``app.id`` for impossible names,
        ``block.released`` for a version of a block that a release contains.
        A draft may have problems; they are returned, and stop publishing.
        """
        check_path(path)
        if not is_identifier(app):
            raise refusal("app.id", app=app)
        content = canonical_json.dumps(document)
        now = self._clock()
        with self._database.read() as session:
            known = session.get(AppRow, (tenant, app))
            components = self._catalog(tenant, None if known is None else _file(session, known, APP_FILE))
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app)) or new_app(session, tenant, app, now)
            found = _file(session, row, path)
            _check_expected(found, expected)
            if found is None:
                _check_room(session, row, path)
            if found is not None and _lifted(found, components).content == content:
                return replace(found, content=content), check_file(path, document)
            check_blocks(session, row, {path: content})
            keep(session, row)
            if found is not None and _lifted(found, components).content != found.content:
                take_snapshot(session, row, "migration", now, author)
            file = DraftFile(path, content, canonical_json.digest(content), now, author)
            put_file(session, row, file)
            if path == APP_FILE and row.current_release is None:
                describe(row, document)
                session.add(row)
        return file, check_file(path, document)

    def delete(self, tenant: str, app: str, path: str, *, expected: str | None, author: str) -> bool:
        """Remove a file from the draft; False when it is not there. The file stays in releases.

        Raises ``ConfigError`` (``document.changed``, or ``document.needed`` for app.json).
        """
        if path == APP_FILE:
            raise refusal("document.needed")
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            found = None if row is None else _file(session, row, path)
            if row is None or found is None:
                return False
            _check_expected(found, expected)
            keep(session, row)
            session.delete(session.get(AppDraftFileRow, (tenant, app, path)))
            audit.record(session, tenant, author, "app.draft.delete", resource=app, detail=path)
        return True

    def check(self, tenant: str, app: str) -> list[Finding] | None:
        """Everything the check finds; None when there is no such app."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return None
            files = draft_files(session, row)
            source = source_of(files)
            memory = self.memory(tenant, _app_document(files.get(APP_FILE)))
            around = self._site.surroundings(session, tenant, app, memory)
        return check_source(source, around, app)

    def run_tests(self, tenant: str, app: str, only: str | None = None) -> list[TestResult] | None:
        """Run the draft's own tests (or the one named); None when there is no such app."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            files = {} if row is None else draft_files(session, row)
        if row is None:
            return None
        return run_source_tests(source_of(files), self._catalog(tenant, files.get(APP_FILE)), only)

    def restore(
        self, tenant: str, app: str, author: str, *, release: int | None = None, snapshot: int | None = None
    ) -> dict[str, DraftFile] | None:
        """Replace the draft by a release or snapshot; the draft as it was becomes a snapshot. None: not there."""
        now = self._clock()
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            key = (tenant, app, release or snapshot or 0)
            found: AppReleaseRow | AppSnapshotRow | None = (
                session.get(AppReleaseRow, key) if release is not None else session.get(AppSnapshotRow, key)
            )
            if row is None or found is None:
                return None
            kept = take_snapshot(session, row, "restore", now, author)
            draft = as_draft(canonical_json.members(found.content), now, author)
            replace_draft(session, row, draft)
            row.draft_signer_key = found.signer_key
            session.add(row)
            what = f"release {release}" if release is not None else f"snapshot {snapshot}"
            detail = f"by {what}; before: snapshot {kept}"
            audit.record(session, tenant, author, "app.draft.restore", resource=app, detail=detail)
        components = self._catalog(tenant, draft.get(APP_FILE))
        return {path: _lifted(file, components) for path, file in draft.items()}

    def snapshots(self, tenant: str, app: str) -> list[Snapshot] | None:
        """Newest first; None when there is no such app."""
        with self._database.read() as session:
            if session.get(AppRow, (tenant, app)) is None:
                return None
            mine = select(AppSnapshotRow).where(AppSnapshotRow.tenant == tenant, AppSnapshotRow.app == app)
            query = mine.options(defer(AppSnapshotRow.content)).order_by(col(AppSnapshotRow.no).desc())  # type: ignore[arg-type]
            rows = session.exec(query).all()
        return [Snapshot(row.no, row.reason, row.hash, row.ts, row.author) for row in rows]

    def take(
        self,
        session: Session,
        tenant: str,
        app: str,
        files: Mapping[str, Any],
        origin: Origin,
        *,
        replace_edits: bool,
        pictures: Mapping[str, Picture],
        components: ComponentCatalog,
    ) -> None:
        """Make these files the draft of the app (made when it is new), keeping the one before as a snapshot.

        Raises ``ConfigError`` (``draft.edited``) when the draft has changes that no release has and
        ``replace_edits`` is not given. Within the caller's transaction; ``components`` as the files see them.
        """
        now = self._clock()
        row = session.get(AppRow, (tenant, app)) or new_app(session, tenant, app, now)
        if not replace_edits and is_edited(session, row):
            raise refusal("draft.edited")
        check_blocks(session, row, texts_of(files))
        take_snapshot(session, row, "package", now, origin.author)
        add_pictures(session, row, pictures, now, origin.author)
        texts = texts_of(lift_files(files, components.manifests))
        replace_draft(session, row, as_draft(texts, now, origin.author))
        row.draft_signer_key = origin.signer_key
        if row.current_release is None:
            describe(row, files.get(APP_FILE))
        session.add(row)
        detail = f"signed by {origin.signer or 'nobody known'}"
        audit.record(session, tenant, origin.author, "app.draft.import", resource=app, detail=detail)

    def _catalog(self, tenant: str, app_file: DraftFile | None) -> ComponentCatalog:
        return self._code_blocks.catalog(tenant, _app_document(app_file), self._components)


def _app_document(file: DraftFile | None) -> Any:
    return None if file is None else json.loads(file.content)


def _lifted(file: DraftFile, components: ComponentCatalog) -> DraftFile:
    if not components.lifts or kind_of(file.path) not in ("page", "block"):
        return file
    document = json.loads(file.content)
    lifted = lift_file(file.path, document, components.manifests)
    return file if lifted is document else replace(file, content=canonical_json.dumps(lifted))


def is_edited(session: Session, row: AppRow) -> bool:
    """Whether the draft is anything else than some release."""
    files = draft_files(session, row)
    if not files or not draft_hashes(session, row):
        return False
    digest = canonical_json.digest(as_one_text(files))
    query = select(AppReleaseRow.no).where(
        AppReleaseRow.tenant == row.tenant, AppReleaseRow.app == row.id, AppReleaseRow.hash == digest
    )
    return session.exec(query).first() is None


def _file(session: Session, row: AppRow, path: str) -> DraftFile | None:
    found = session.get(AppDraftFileRow, (row.tenant, row.id, path))
    if found is not None:
        return DraftFile(path, found.content, found.hash, found.updated_ts, found.updated_by)
    return None if draft_hashes(session, row) else draft_files(session, row).get(path)


def _check_expected(found: DraftFile | None, expected: str | None) -> None:
    if (None if found is None else found.hash) != expected:
        raise refusal("document.changed")


def _check_room(session: Session, row: AppRow, path: str) -> None:
    paths = draft_hashes(session, row) or draft_files(session, row)
    kind = kind_of(path)
    if len(paths) >= FILES_MAX or (kind and sum(kind_of(p) == kind for p in paths) >= KIND_MAX[kind]):
        raise refusal("app.files", max=FILES_MAX, kind_max=KIND_MAX[kind or "app"])
