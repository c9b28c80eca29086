"""The pictures of apps: kept under the hash of their content, part of drafts, releases and packages by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func
from sqlalchemy.orm import defer
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import AppDraftFileRow, AppMediaRow, AppReleaseRow, AppRow, AppSnapshotRow
from platform_core.services.documents.images import Picture, read_picture
from platform_core.services.refusals import refusal

MEDIA_MAX = 500
MEDIA_BYTES_MAX = 64 << 20
TITLE_LENGTH_MAX = 120
_NAME = re.compile(r"[0-9a-f]{64}\.(?:svg|png|jpg|webp)")


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture without its content. ``used``: the draft, a snapshot or a release names it. Sides in px."""

    name: str
    title: str
    size: int
    width: int
    height: int
    ts: int
    author: str
    used: bool


class AppMedia:
    """Pictures of all tenants' apps; each method works in the tenant given."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def list(self, tenant: str, app: str) -> list[Medium] | None:
        """All pictures, newest first; None when there is no such app."""
        with self._database.read() as session:
            if session.get(AppRow, (tenant, app)) is None:
                return None
            mine = select(AppMediaRow).where(AppMediaRow.tenant == tenant, AppMediaRow.app == app)
            query = mine.options(defer(AppMediaRow.content))  # type: ignore[arg-type]
            rows = session.exec(query.order_by(col(AppMediaRow.ts).desc(), col(AppMediaRow.name))).all()
            used = used_names(session, tenant, app) if rows else set()
        return [_medium(row, row.name in used) for row in rows]

    def read(self, tenant: str, app: str, name: str) -> Picture | None:
        """A picture with its content."""
        with self._database.read() as session:
            row = session.get(AppMediaRow, (tenant, app, name))
        return None if row is None else Picture(row.name, row.content, row.width, row.height)

    def add(self, tenant: str, app: str, content: bytes, title: str, author: str) -> Medium | None:
        """Keep a picture, made harmless; the same again is the same. None when there is no such app.

        Raises ``ConfigError``: ``media.*`` when it is none or too large, ``media.count`` when there are too many.
        """
        picture = read_picture(content)
        with self._database.write() as session:
            row = session.get(AppRow, (tenant, app))
            if row is None:
                return None
            add_pictures(session, row, {picture.name: picture}, self._clock(), author, title)
            found = session.get(AppMediaRow, (tenant, app, picture.name))
            audit.record(session, tenant, author, "app.media.add", resource=app, detail=picture.name)
            return None if found is None else _medium(found, used=False)

    def delete(self, tenant: str, app: str, name: str, author: str) -> bool:
        """Remove a picture; False when it is not there. Raises ``ConfigError`` (``media.used``)."""
        with self._database.write() as session:
            row = session.get(AppMediaRow, (tenant, app, name))
            if row is None:
                return False
            if name in used_names(session, tenant, app):
                raise refusal("media.used")
            session.delete(row)
            audit.record(session, tenant, author, "app.media.delete", resource=app, detail=name)
        return True


def add_pictures(
    session: Session, row: AppRow, pictures: Mapping[str, Picture], now: int, author: str, title: str = ""
) -> None:
    """Keep pictures that are not there yet. Raises ``ConfigError`` (``media.count``)."""
    new = [p for name, p in pictures.items() if session.get(AppMediaRow, (row.tenant, row.id, name)) is None]
    if not new:
        return
    query = select(func.count(), func.coalesce(func.sum(AppMediaRow.size), 0)).where(
        AppMediaRow.tenant == row.tenant, AppMediaRow.app == row.id
    )
    count, size = session.exec(query).one()
    if count + len(new) > MEDIA_MAX or size + sum(len(p.content) for p in new) > MEDIA_BYTES_MAX:
        raise refusal("media.count", max=MEDIA_MAX, mib=MEDIA_BYTES_MAX >> 20)
    for picture in new:
        session.add(
            AppMediaRow(
                tenant=row.tenant,
                app=row.id,
                name=picture.name,
                title=title[:TITLE_LENGTH_MAX],
                size=len(picture.content),
                width=picture.width,
                height=picture.height,
                content=picture.content,
                ts=now,
                author=author,
            )
        )
    session.flush()


def used_names(session: Session, tenant: str, app: str) -> set[str]:
    """Pictures that the draft, a snapshot or a release names."""
    used: set[str] = set()
    for table in (AppDraftFileRow, AppReleaseRow, AppSnapshotRow):
        query = select(table.content).where(table.tenant == tenant, table.app == app)
        for content in session.exec(query):
            used.update(_NAME.findall(content))
    return used


def _medium(row: AppMediaRow, used: bool) -> Medium:
    return Medium(row.name, row.title, row.size, row.width, row.height, row.ts, row.author, used)
