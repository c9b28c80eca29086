"""Apps: a draft of files that people edit, releases that never change, and a pointer to the current one.

Files are canonical JSON; the hash of a file is its ETag, the hash of all files is the release's. While nobody has
edited, the draft is the current release. Installing from a folder makes a release, never touches a draft that was
edited, and does not take the place of a release that someone published here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.components.migrate import lift_files
from platform_core.db import Database
from platform_core.db.apps import AppDraftFileRow, AppMediaRow, AppReleaseRow, AppRow, AppSnapshotRow
from platform_core.services import canonical_json
from platform_core.services.app_drafts import Drafts
from platform_core.services.app_media import AppMedia, add_pictures
from platform_core.services.app_presence import Presences
from platform_core.services.app_rows import (
    Origin,
    Published,
    Release,
    ReleaseInfo,
    add_release,
    app_document,
    as_draft,
    describe,
    draft_files,
    info_of,
    keep,
    new_app,
    put_file,
    release_of,
    source_of,
    texts_of,
)
from platform_core.services.app_surroundings import Site
from platform_core.services.code_block_rows import add_code_blocks
from platform_core.services.code_blocks import CodeBlocks
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE, page_path
from platform_core.services.documents.app_tests import run_source_tests
from platform_core.services.documents.block_packages import BlockPackage
from platform_core.services.documents.check import check_source
from platform_core.services.documents.findings import errors_of
from platform_core.services.documents.images import Picture
from platform_core.services.documents.source import Source
from platform_core.services.refusals import problem, refusal
from platform_core.services.visibility import visible_files
from platform_core.services.writability import Writability
from schemas.identifiers import is_identifier
from schemas.models.tenant import Role

FIRST_PAGE = "main"


@dataclass(frozen=True, slots=True)
class AppSummary:
    """An app in the menu; ``release`` is the current release's number, None when nothing is published."""

    id: str
    name: dict[str, str]
    icon: str
    release: int | None
    archived: bool


class Apps:
    """Apps of all tenants; each method works in the tenant given."""

    def __init__(
        self,
        database: Database,
        components: ComponentCatalog,
        clock: Clock = now_us,
        writability: Writability | None = None,
    ) -> None:
        self._database = database
        self.components = components
        self.site = Site(writability or Writability())
        self.code_blocks = CodeBlocks(database, clock=clock)
        self.drafts = Drafts(database, components, self.site, self.code_blocks, clock)
        self.media = AppMedia(database, clock)
        self.presences = Presences()
        self._clock = clock

    def summaries(self, tenant: str, *, with_drafts: bool = False, archived: bool = False) -> list[AppSummary]:
        """Published apps; with ``with_drafts`` also those that only have a draft; the archived ones apart."""
        query = select(AppRow).where(AppRow.tenant == tenant, AppRow.archived == archived)
        with self._database.read() as session:
            rows = session.exec(query.order_by(col(AppRow.id))).all()
        return [
            AppSummary(row.id, json.loads(row.name), row.icon, row.current_release, row.archived)
            for row in rows
            if with_drafts or row.current_release is not None
        ]

    def current(self, tenant: str, app: str) -> Release | None:
        """The release that people see, as it was published; None when there is none (or no such app)."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None or row.current_release is None:
                return None
            return release_of(session.get(AppReleaseRow, (tenant, app, row.current_release)))

    def release(self, tenant: str, app: str, no: int) -> Release | None:
        """One release, as it was published."""
        with self._database.read() as session:
            return release_of(session.get(AppReleaseRow, (tenant, app, no)))

    def releases(self, tenant: str, app: str) -> list[ReleaseInfo] | None:
        """All releases, newest first; None when there is no such app."""
        with self._database.read() as session:
            if session.get(AppRow, (tenant, app)) is None:
                return None
            mine = select(AppReleaseRow).where(AppReleaseRow.tenant == tenant, AppReleaseRow.app == app)
            query = mine.options(defer(AppReleaseRow.content)).order_by(col(AppReleaseRow.no).desc())  # type: ignore[arg-type]
            found = session.exec(query).all()
        return [info_of(row) for row in found]

    def exists(self, tenant: str, app: str) -> bool:
        """Whether the tenant has this app."""
        with self._database.read() as session:
            return session.get(AppRow, (tenant, app)) is not None

    def may_see(self, tenant: str, app: str, role: Role) -> bool:
        """Whether the role may see the current release."""
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            document = None if row is None else app_document(session, tenant, app, row.current_release or 0)
        return document is not None and visible_files({APP_FILE: document}, role) is not None

    def create(self, tenant: str, app: str, name: dict[str, str], author: str) -> None:
        """An app with an empty first page. Raises ``ConfigError`` (``app.taken``, ``app.id``)."""
        document = {"format": 1, "id": app, "version": "0.1.0", "name": name, "home": FIRST_PAGE}
        document["nav"] = [{"page": FIRST_PAGE, "label": {"en": "Overview", "zh-CN": "总览"}, "icon": ""}]
        page = {"format": 1, "id": FIRST_PAGE, "title": {"en": "Overview", "zh-CN": "总览"}}
        page["layout"] = {"lg": {"kind": "grid", "items": {}}}
        self._add(tenant, app, {APP_FILE: document, page_path(FIRST_PAGE): page}, author, "app.create", None)

    def copy(self, tenant: str, source: str, app: str, name: dict[str, str] | None, author: str) -> bool:
        """Copy an app's draft and pictures; False when there is no source. Raises ``ConfigError`` as ``create``."""
        draft = self.drafts.files(tenant, source)
        if draft is None:
            return False
        files = {path: json.loads(file.content) for path, file in draft.items()}
        document = files.get(APP_FILE)
        if isinstance(document, dict):
            files[APP_FILE] = {**document, "id": app, **({"name": name} if name else {})}
        self._add(tenant, app, files, author, "app.copy", source)
        return True

    def delete(self, tenant: str, app: str, author: str) -> bool:
        """Delete an app that was never published; False: there is none. Raises ``ConfigError`` (``app.released``)."""
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return False
            query = select(AppReleaseRow.no).where(AppReleaseRow.tenant == tenant, AppReleaseRow.app == app)
            if session.exec(query).first() is not None:
                raise refusal("app.released")
            for table in (AppDraftFileRow, AppSnapshotRow, AppMediaRow):
                session.exec(delete(table).where(table.tenant == tenant, table.app == app))  # type: ignore[arg-type]
            session.delete(row)
            audit.record(session, tenant, author, "app.delete", resource=app)
        return True

    def archive(self, tenant: str, app: str, archived: bool, author: str) -> bool:
        """Take an app out of the menu, or back; False when there is none."""
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return False
            row.archived = archived
            session.add(row)
            audit.record(session, tenant, author, "app.archive" if archived else "app.unarchive", resource=app)
        return True

    def publish(self, tenant: str, app: str, note: str, author: str) -> Published | None:
        """Make the draft the current release; None when there is no such app.

        Raises ``ConfigError``: ``app.invalid`` with all errors of the check, ``app.tests`` with the tests that fail.
        The same files again give the same release.
        """
        with self._database.read() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return None
            files = draft_files(session, row)
            app_file = files.get(APP_FILE)
            memory = self.drafts.memory(tenant, None if app_file is None else json.loads(app_file.content))
            around = self.site.surroundings(session, tenant, app, memory)
        source, texts = source_of(files), {path: file.content for path, file in files.items()}
        problems = [one.as_problem() for one in errors_of(check_source(source, around, app))]
        if problems:
            raise refusal("app.invalid", problems=problems, count=len(problems))
        unjudged = require_green(source, around.components)
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return None
            release = add_release(session, row, texts, Origin("publish", note, author), self._clock())
            row.current_release = release.no
            session.add(row)
            left = f"; {len(unjudged)} expectations are left to a browser" if unjudged else ""
            audit.record(session, tenant, author, "app.publish", resource=app, detail=f"release {release.no}{left}")
        same = {field.name: getattr(release, field.name) for field in fields(ReleaseInfo)}
        return Published(**same, unjudged=unjudged)

    def choose(self, tenant: str, app: str, no: int, author: str) -> ReleaseInfo | None:
        """Make an earlier (or later) release the current one; None when there is no such release.

        The draft stays as it is, also when nobody has edited it yet.
        """
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            mine = (AppReleaseRow.tenant == tenant, AppReleaseRow.app == app, AppReleaseRow.no == no)
            query = select(AppReleaseRow).where(*mine).options(defer(AppReleaseRow.content))  # type: ignore[arg-type]
            found = session.exec(query).first()
            if row is None or found is None:
                return None
            keep(session, row)
            row.current_release = no
            describe(row, app_document(session, tenant, app, no))
            session.add(row)
            audit.record(session, tenant, author, "app.choose", resource=app, detail=f"release {no}")
        return info_of(found)

    def install(
        self,
        tenant: str,
        app: str,
        files: Mapping[str, Any],
        note: str,
        pictures: Mapping[str, Picture] | None = None,
        blocks: Iterable[BlockPackage] = (),
    ) -> ReleaseInfo | None:
        """Take files from a folder as a release; None when the same was taken before.

        The caller has checked them.
        """
        now = self._clock()
        texts = texts_of(files)
        digest = canonical_json.digest(canonical_json.joined(texts))
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app)) or new_app(session, tenant, app, now)
            if row.installed_hash == digest:
                return None
            row.installed_hash = digest
            add_code_blocks(session, tenant, blocks, now, "installation")
            current = session.get(AppReleaseRow, (tenant, app, row.current_release or 0))
            add_pictures(session, row, pictures or {}, now, "installation")
            release = add_release(session, row, texts, Origin("install", note, "installation"), now)
            if current is None or current.origin == "install":
                row.current_release = release.no
            session.add(row)
            audit.record(session, tenant, "local", "app.install", resource=app, detail=f"release {release.no}")
        return release

    def take(
        self,
        session: Session,
        tenant: str,
        app: str,
        files: Mapping[str, Any],
        origin: Origin,
        pictures: Mapping[str, Picture],
    ) -> ReleaseInfo:
        """Take checked files and pictures (of a package) as a release that people see at once; the draft stays.

        Within the caller's transaction.
        """
        row = session.get(AppRow, (tenant, app)) or new_app(session, tenant, app, self._clock())
        if row.current_release is not None:
            keep(session, row)
        add_pictures(session, row, pictures, self._clock(), origin.author)
        release = add_release(session, row, texts_of(files), origin, self._clock())
        row.current_release = release.no
        describe(row, files[APP_FILE])
        session.add(row)
        detail = f"release {release.no}, signed by {origin.signer or 'nobody known'}"
        audit.record(session, tenant, origin.author, "app.import", resource=app, detail=detail)
        return release

    def catalog(self, tenant: str, files: Mapping[str, Any]) -> ComponentCatalog:
        """The components as these files of an app see them: also the blocks of other makers they name."""
        return self.code_blocks.catalog(tenant, files.get(APP_FILE), self.components)

    def lifted(self, tenant: str, release: Release) -> dict[str, Any]:
        """The files of a release with their elements in the versions of the components it sees."""
        return lift_files(release.files, self.catalog(tenant, release.files).manifests)

    def _add(
        self, tenant: str, app: str, files: Mapping[str, Any], author: str, action: str, source: str | None
    ) -> None:
        if not is_identifier(app):
            raise refusal("app.id", app=app)
        now = self._clock()
        with self._database.write() as session:
            if session.get(AppRow, (tenant, app)) is not None:
                raise refusal("app.taken", app=app)
            row = new_app(session, tenant, app, now)
            for file in as_draft(texts_of(files), now, author).values():
                put_file(session, row, file)
            describe(row, files.get(APP_FILE))
            session.add(row)
            mine = select(AppMediaRow).where(AppMediaRow.tenant == tenant, AppMediaRow.app == (source or ""))
            for picture in session.exec(mine).all():
                session.add(AppMediaRow(**{**picture.model_dump(), "app": app}))
            audit.record(session, tenant, author, action, resource=app, detail=source or "")


def require_green(source: Source, components: ComponentCatalog) -> tuple[str, ...]:
    """Run the app's own tests; what only a browser can judge comes back, by JSON pointer.

    Raises ``ConfigError`` (``app.tests``) with those that fail.
    """
    results = run_source_tests(source, components)
    failed = [result for result in results if not result.ok]
    if failed:
        problems = [
            problem("test.failed", failure.path, test=result.name, failure=failure.message)
            for result in failed
            for failure in result.failures
        ]
        raise refusal("app.tests", problems=problems, count=len(failed))
    return tuple(pointer for result in results for pointer in result.browser)
