"""Apps: a draft of files that people edit, releases that never change, and a pointer to the current one.

Files are canonical JSON; the hash of a file is its ETag, the hash of all files is the release's. While nobody has
edited, the draft is the current release. Installing from a folder makes a release, never touches a draft that was
edited, and does not take the place of a release that someone published here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import AppDraftFileRow, AppReleaseRow, AppRow
from platform_core.services import canonical_json
from platform_core.services.app_check import check_app, check_file
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, FILES_MAX, check_path, page_of
from schemas.errors import ConfigError, Problem
from schemas.identifiers import is_identifier

NOTE_LENGTH_MAX = 500
APPS_MAX = 500


@dataclass(frozen=True, slots=True)
class AppSummary:
    """An app in the menu; ``release`` is the current release's number, None when nothing is published."""

    id: str
    name: dict[str, str]
    icon: str
    release: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """A published state. ``files`` is path → document."""

    app: str
    no: int
    hash: str
    note: str
    ts: int
    author: str
    origin: str
    files: dict[str, Any]


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file of a draft; ``hash`` is its ETag."""

    path: str
    content: str
    hash: str
    updated_ts: int
    updated_by: str


class Apps:
    """Apps of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database, components: ComponentCatalog, clock: Clock = now_us) -> None:
        self._database = database
        self.components = components
        self._clock = clock

    def summaries(self, tenant: str, *, with_drafts: bool = False) -> list[AppSummary]:
        """Published apps; with ``with_drafts`` also those that only have a draft."""
        with self._database.read() as session:
            rows = session.exec(select(AppRow).where(AppRow.tenant == tenant).order_by(col(AppRow.id))).all()
        return [
            AppSummary(row.id, json.loads(row.name), row.icon, row.current_release)
            for row in rows
            if with_drafts or row.current_release is not None
        ]

    def current(self, tenant: str, app: str) -> Release | None:
        """The release that people see; None when there is none (or no such app)."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None or row.current_release is None:
                return None
            return _release(session.get(AppReleaseRow, (tenant, app, row.current_release)))

    def releases(self, tenant: str, app: str) -> list[Release] | None:
        """All releases, newest first; None when there is no such app."""
        with self._database.read() as session:
            if session.get(AppRow, (tenant, app)) is None:
                return None
            query = select(AppReleaseRow).where(AppReleaseRow.tenant == tenant, AppReleaseRow.app == app)
            rows = session.exec(query.order_by(col(AppReleaseRow.no).desc())).all()
        return [release for row in rows if (release := _release(row)) is not None]

    def exists(self, tenant: str, app: str) -> bool:
        """Whether the tenant has this app."""
        with self._database.read() as session:
            return session.get(AppRow, (tenant, app)) is not None

    def draft(self, tenant: str, app: str) -> dict[str, DraftFile] | None:
        """The files of the draft by path; None when there is no such app."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            return None if row is None else _draft(session, row)

    def write_draft_file(
        self, tenant: str, app: str, path: str, document: Any, *, expected: str | None, author: str
    ) -> tuple[DraftFile, list[Problem]]:
        """Write a file of the draft; makes the app when it is new.

        ``expected`` is the hash the writer has read, None for a file that is not there yet. Raises ``ConfigError``:
        ``document.changed`` when someone else was faster, ``document.path`` or ``app.id`` for impossible names.
        A draft may have problems; they are returned, and stop publishing.
        """
        check_path(path)
        if not is_identifier(app):
            raise ConfigError("app.id", f"{app!r} is not an id.", hint="Use a-z, 0-9, _ and -.")
        content = canonical_json.dumps(document)
        now = self._clock()
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                row = self._new_app(session, tenant, app, now)
            draft = _draft(session, row)
            found = draft[path].hash if path in draft else None
            if found != expected:
                raise ConfigError(
                    "document.changed",
                    "The file was changed since it was read.",
                    hint="Read it again, repeat the change, and send its new ETag as If-Match.",
                )
            if path not in draft and len(draft) >= FILES_MAX:
                raise ConfigError("app.files", f"An app has at most {FILES_MAX} files.")
            self._keep(session, row, draft)
            file = DraftFile(path, content, canonical_json.digest(content), now, author)
            _put(session, tenant, app, file)
            if path == APP_FILE and row.current_release is None:
                _describe(row, document)
                session.add(row)
        return file, check_file(path, document)

    def publish(self, tenant: str, app: str, note: str, author: str) -> Release | None:
        """Make the draft the current release; None when there is no such app.

        Raises ``ConfigError`` (``app.invalid``) with all problems. The same files again give the same release.
        """
        draft = self.draft(tenant, app)
        if draft is None:
            return None
        files = {path: json.loads(file.content) for path, file in draft.items()}
        problems = check_app(files, self.components, app)
        if problems:
            raise ConfigError("app.invalid", f"The app has {len(problems)} problems.", problems=problems)
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return None
            release = self._add_release(session, row, files, note[:NOTE_LENGTH_MAX], author, "publish")
            row.current_release = release.no
            session.add(row)
            audit.record(session, tenant, author, "app.publish", resource=app, detail=f"release {release.no}")
        return release

    def choose(self, tenant: str, app: str, no: int, author: str) -> Release | None:
        """Make an earlier (or later) release the current one; None when there is no such release."""
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            found = session.get(AppReleaseRow, (tenant, app, no))
            release = _release(found)
            if row is None or release is None:
                return None
            row.current_release = no
            _describe(row, release.files[APP_FILE])
            session.add(row)
            audit.record(session, tenant, author, "app.choose", resource=app, detail=f"release {no}")
        return release

    def install(self, tenant: str, app: str, files: Mapping[str, Any], note: str) -> Release | None:
        """Take files from a folder as a release; None when the same was taken before.

        The caller has checked them.
        """
        now = self._clock()
        text = canonical_json.dumps(dict(files))
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app)) or self._new_app(session, tenant, app, now)
            if row.installed_hash == canonical_json.digest(text):
                return None
            row.installed_hash = canonical_json.digest(text)
            current = session.get(AppReleaseRow, (tenant, app, row.current_release or 0))
            release = self._add_release(session, row, files, note, "installation", "install")
            if current is None or current.origin == "install":
                row.current_release = release.no
            session.add(row)
            audit.record(session, tenant, "local", "app.install", resource=app, detail=f"release {release.no}")
        return release

    def _new_app(self, session: Session, tenant: str, app: str, now: int) -> AppRow:
        count = session.exec(select(func.count()).select_from(AppRow).where(AppRow.tenant == tenant)).one()
        if count >= APPS_MAX:
            raise ConfigError("app.count", f"There are {APPS_MAX} apps already.")
        row = AppRow(tenant=tenant, id=app, name=json.dumps({"en": app}), created_ts=now)
        session.add(row)
        session.flush()
        return row

    def _keep(self, session: Session, row: AppRow, draft: Mapping[str, DraftFile]) -> None:
        """Before the first edit, the files of the release become those of the draft."""
        for file in draft.values():
            if session.get(AppDraftFileRow, (row.tenant, row.id, file.path)) is None:
                _put(session, row.tenant, row.id, file)

    def _add_release(
        self, session: Session, row: AppRow, files: Mapping[str, Any], note: str, author: str, origin: str
    ) -> Release:
        content = canonical_json.dumps(dict(files))
        digest = canonical_json.digest(content)
        query = select(AppReleaseRow).where(AppReleaseRow.tenant == row.tenant, AppReleaseRow.app == row.id)
        last = session.exec(query.order_by(col(AppReleaseRow.no).desc())).first()
        if last is None or last.hash != digest:
            last = AppReleaseRow(
                tenant=row.tenant,
                app=row.id,
                no=1 if last is None else last.no + 1,
                hash=digest,
                content=content,
                note=note,
                origin=origin,
                ts=self._clock(),
                author=author,
            )
            session.add(last)
        if row.current_release is None or origin == "publish":
            _describe(row, files[APP_FILE])
        session.flush()
        release = _release(last)
        if release is None:
            raise ConfigError("app.release", "The release could not be stored.")
        return release


def _describe(row: AppRow, document: Any) -> None:
    name = document.get("name") if isinstance(document, dict) else None
    icon = document.get("icon", "") if isinstance(document, dict) else ""
    if isinstance(name, dict) and all(isinstance(text, str) for text in name.values()):
        row.name = json.dumps(name, ensure_ascii=False)
    row.icon = icon if isinstance(icon, str) else ""


def _draft(session: Session, row: AppRow) -> dict[str, DraftFile]:
    query = select(AppDraftFileRow).where(AppDraftFileRow.tenant == row.tenant, AppDraftFileRow.app == row.id)
    files = session.exec(query.order_by(col(AppDraftFileRow.path))).all()
    if files:
        return {f.path: DraftFile(f.path, f.content, f.hash, f.updated_ts, f.updated_by) for f in files}
    found = session.get(AppReleaseRow, (row.tenant, row.id, row.current_release or 0))
    if found is None:
        return {}
    draft = {}
    for path, document in json.loads(found.content).items():
        text = canonical_json.dumps(document)
        draft[path] = DraftFile(path, text, canonical_json.digest(text), found.ts, found.author)
    return draft


def _put(session: Session, tenant: str, app: str, file: DraftFile) -> None:
    row = session.get(AppDraftFileRow, (tenant, app, file.path))
    if row is None:
        row = AppDraftFileRow(tenant=tenant, app=app, path=file.path, content="", hash="", updated_ts=0, updated_by="")
    row.content, row.hash = file.content, file.hash
    row.updated_ts, row.updated_by = file.updated_ts, file.updated_by
    session.add(row)


def _release(row: AppReleaseRow | None) -> Release | None:
    if row is None:
        return None
    files = json.loads(row.content)
    return Release(row.app, row.no, row.hash, row.note, row.ts, row.author, row.origin, files)


def pages_of(files: Mapping[str, Any]) -> dict[str, Any]:
    """The pages of a release by id."""
    return {page: document for path, document in files.items() if (page := page_of(path)) is not None}
