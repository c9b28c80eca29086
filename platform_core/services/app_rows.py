"""Apps in the database: the rows behind drafts, releases and snapshots, within the caller's transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from platform_core.db.apps import AppBlockRow, AppDraftFileRow, AppReleaseRow, AppRow, AppSnapshotRow
from platform_core.services import canonical_json
from platform_core.services.document_paths import APP_FILE, block_of
from platform_core.services.documents.source import Source
from platform_core.services.refusals import refusal

NOTE_LENGTH_MAX = 500
APPS_MAX = 500
SNAPSHOTS_MAX = 50


@dataclass(frozen=True, slots=True)
class DraftFile:
    """One file of a draft; ``hash`` is its ETag. ``content`` may be lifted to newer components than it was stored
    with. ``release``: of a version of a block, the first release that contains it; from then on it never changes.
    """

    path: str
    content: str
    hash: str
    updated_ts: int
    updated_by: str
    release: int | None = None


@dataclass(frozen=True, slots=True)
class ReleaseInfo:
    """A published state without its files. ``origin``: publish, install or package; ``signer`` who signed the
    package.
    """

    app: str
    no: int
    hash: str
    note: str
    ts: int
    author: str
    origin: str
    signer: str


@dataclass(frozen=True, slots=True)
class Published(ReleaseInfo):
    """A release that was just made. ``unjudged``: expectations of its tests that only a browser can judge, by JSON
    pointer; nothing is said of them here.
    """

    unjudged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Release(ReleaseInfo):
    """A published state. ``files`` is path → document."""

    files: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a release comes from."""

    kind: str
    note: str
    author: str
    signer: str = ""
    signer_key: str = ""


def new_app(session: Session, tenant: str, app: str, now: int) -> AppRow:
    """A row for a new app. Raises ``ConfigError`` (``app.count``) when there are too many."""
    count = session.exec(select(func.count()).select_from(AppRow).where(AppRow.tenant == tenant)).one()
    if count >= APPS_MAX:
        raise refusal("app.count", max=APPS_MAX)
    row = AppRow(tenant=tenant, id=app, name=json.dumps({"en": app}), created_ts=now)
    session.add(row)
    session.flush()
    return row


def describe(row: AppRow, document: Any) -> None:
    """Name and icon for the menu, from app.json."""
    name = document.get("name") if isinstance(document, dict) else None
    icon = document.get("icon", "") if isinstance(document, dict) else ""
    if isinstance(name, dict) and all(isinstance(text, str) for text in name.values()):
        row.name = json.dumps(name, ensure_ascii=False)
    row.icon = icon if isinstance(icon, str) else ""


def draft_hashes(session: Session, row: AppRow) -> dict[str, str]:
    """Path → hash of the draft's own files; empty while nobody has edited."""
    query = select(AppDraftFileRow.path, AppDraftFileRow.hash).where(
        AppDraftFileRow.tenant == row.tenant, AppDraftFileRow.app == row.id
    )
    return dict(session.exec(query).all())


def draft_infos(session: Session, row: AppRow) -> list[DraftFile]:
    """The draft's files without their content."""
    query = select(
        AppDraftFileRow.path, AppDraftFileRow.hash, AppDraftFileRow.updated_ts, AppDraftFileRow.updated_by
    ).where(AppDraftFileRow.tenant == row.tenant, AppDraftFileRow.app == row.id)
    found = session.exec(query.order_by(col(AppDraftFileRow.path))).all()
    if found:
        return [DraftFile(path, "", digest, ts, by) for path, digest, ts, by in found]
    return list(draft_files(session, row).values())


def draft_files(session: Session, row: AppRow) -> dict[str, DraftFile]:
    """The draft's files; while nobody has edited, those of the current release."""
    query = select(AppDraftFileRow).where(AppDraftFileRow.tenant == row.tenant, AppDraftFileRow.app == row.id)
    files = session.exec(query.order_by(col(AppDraftFileRow.path))).all()
    if files:
        return {f.path: DraftFile(f.path, f.content, f.hash, f.updated_ts, f.updated_by) for f in files}
    found = session.get(AppReleaseRow, (row.tenant, row.id, row.current_release or 0))
    return {} if found is None else as_draft(canonical_json.members(found.content), found.ts, found.author)


def texts_of(files: Mapping[str, Any]) -> dict[str, str]:
    """Documents as canonical texts."""
    return {path: canonical_json.dumps(document) for path, document in files.items()}


def as_draft(texts: Mapping[str, str], ts: int, author: str) -> dict[str, DraftFile]:
    """Canonical texts as files of a draft."""
    return {
        path: DraftFile(path, text, canonical_json.digest(text), ts, author) for path, text in sorted(texts.items())
    }


def source_of(files: Mapping[str, DraftFile]) -> Source:
    """A draft for the check and the app's tests: a file is parsed when it is needed."""
    return Source({path: file.hash for path, file in files.items()}, lambda path: json.loads(files[path].content))


def as_one_text(files: Mapping[str, DraftFile]) -> str:
    """The content of a release or snapshot of these files."""
    return canonical_json.joined({path: file.content for path, file in files.items()})


def put_file(session: Session, row: AppRow, file: DraftFile) -> None:
    """Add or replace a file of the draft."""
    found = session.get(AppDraftFileRow, (row.tenant, row.id, file.path))
    if found is None:
        found = AppDraftFileRow(
            tenant=row.tenant, app=row.id, path=file.path, content="", hash="", updated_ts=0, updated_by=""
        )
    found.content, found.hash = file.content, file.hash
    found.updated_ts, found.updated_by = file.updated_ts, file.updated_by
    session.add(found)


def keep(session: Session, row: AppRow) -> None:
    """Before the first edit (or before another release is chosen) the files of the release become the draft's own."""
    if not draft_hashes(session, row):
        for file in draft_files(session, row).values():
            put_file(session, row, file)
        session.flush()


def replace_draft(session: Session, row: AppRow, files: Mapping[str, DraftFile]) -> None:
    """Make these the files of the draft."""
    for path in draft_hashes(session, row):
        if path not in files:
            session.delete(session.get(AppDraftFileRow, (row.tenant, row.id, path)))
    for file in files.values():
        put_file(session, row, file)


def take_snapshot(session: Session, row: AppRow, reason: str, now: int, author: str) -> int | None:
    """Keep the draft as it is; None when there is none. The same again is not kept twice; the oldest go."""
    files = draft_files(session, row)
    if not files:
        return None
    content = as_one_text(files)
    digest = canonical_json.digest(content)
    mine = (AppSnapshotRow.tenant == row.tenant, AppSnapshotRow.app == row.id)
    numbers = select(AppSnapshotRow.no, AppSnapshotRow.hash).where(*mine).order_by(col(AppSnapshotRow.no).desc())
    found = session.exec(numbers).all()
    if found and found[0][1] == digest:
        return found[0][0]
    no = found[0][0] + 1 if found else 1
    session.add(
        AppSnapshotRow(
            tenant=row.tenant,
            app=row.id,
            no=no,
            reason=reason,
            hash=digest,
            content=content,
            ts=now,
            author=author,
            signer_key=row.draft_signer_key,
        )
    )
    for old, _ in found[SNAPSHOTS_MAX - 1 :]:
        session.delete(session.get(AppSnapshotRow, (row.tenant, row.id, old)))
    return no


def check_blocks(session: Session, row: AppRow, texts: Mapping[str, str]) -> None:
    """Raises ``ConfigError`` (``block.released``) when a released version of a block is to be another."""
    for path, text in texts.items():
        if block_of(path) is None:
            continue
        found = session.get(AppBlockRow, (row.tenant, row.id, path))
        if found is not None and found.hash != canonical_json.digest(text):
            raise refusal("block.released", path=path, release=found.release)


def with_releases(session: Session, row: AppRow, files: Iterable[DraftFile]) -> list[DraftFile]:
    """The same files, each version of a block with the first release that contains it."""
    mine = select(AppBlockRow.path, AppBlockRow.release).where(
        AppBlockRow.tenant == row.tenant, AppBlockRow.app == row.id
    )
    releases = dict(session.exec(mine).all())
    return [replace(file, release=releases[file.path]) if file.path in releases else file for file in files]


def add_release(session: Session, row: AppRow, texts: Mapping[str, str], origin: Origin, now: int) -> ReleaseInfo:
    """A release of these files (canonical texts); the same files as the newest give the newest."""
    check_blocks(session, row, texts)
    content = canonical_json.joined(texts)
    digest = canonical_json.digest(content)
    mine = (AppReleaseRow.tenant == row.tenant, AppReleaseRow.app == row.id)
    newest = select(AppReleaseRow).where(*mine).options(defer(AppReleaseRow.content))  # type: ignore[arg-type]
    found = session.exec(newest.order_by(col(AppReleaseRow.no).desc()).limit(1)).first()
    if found is None or found.hash != digest:
        found = AppReleaseRow(
            tenant=row.tenant,
            app=row.id,
            no=1 if found is None else found.no + 1,
            hash=digest,
            content=content,
            note=origin.note[:NOTE_LENGTH_MAX],
            origin=origin.kind,
            ts=now,
            author=origin.author,
            signer=origin.signer,
            signer_key=origin.signer_key,
        )
        session.add(found)
    if row.current_release is None or origin.kind == "publish":
        describe(row, json.loads(texts[APP_FILE]))
    session.flush()
    _keep_blocks(session, row, texts, found.no)
    return info_of(found)


def _keep_blocks(session: Session, row: AppRow, texts: Mapping[str, str], no: int) -> None:
    for path, text in texts.items():
        if block_of(path) is not None and session.get(AppBlockRow, (row.tenant, row.id, path)) is None:
            session.add(
                AppBlockRow(tenant=row.tenant, app=row.id, path=path, hash=canonical_json.digest(text), release=no)
            )


def info_of(row: AppReleaseRow) -> ReleaseInfo:
    """A row as a release without its files."""
    return ReleaseInfo(row.app, row.no, row.hash, row.note, row.ts, row.author, row.origin, row.signer)


def app_document(session: Session, tenant: str, app: str, no: int) -> Any:
    """app.json of a release, without reading all of it; None when there is no such release."""
    document = func.json_extract(AppReleaseRow.content, f'$."{APP_FILE}"')
    query = select(document).where(AppReleaseRow.tenant == tenant, AppReleaseRow.app == app, AppReleaseRow.no == no)
    text = session.exec(query).first()
    return None if text is None else json.loads(text)


def release_of(row: AppReleaseRow | None) -> Release | None:
    """A row as a release."""
    if row is None:
        return None
    files = json.loads(row.content)
    return Release(row.app, row.no, row.hash, row.note, row.ts, row.author, row.origin, row.signer, files)
