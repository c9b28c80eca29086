"""The role map: which tag plays which role at which asset, since when; many rows at a time, by hand or by CSV."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.db import Database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.tags import TagRow
from platform_core.live.hub import Hub
from platform_core.services.asset_types import types_of
from platform_core.services.current_values import latest_values
from platform_core.services.refusals import problem, refusal_of, say
from platform_core.services.role_csv import CsvRow, read_csv, write_csv
from platform_core.services.role_suggestions import Candidate, Place, Suggestion, suggest
from platform_core.services.tags import TagDirectory
from platform_core.services.visibility import NOTHING_HIDDEN, Hidden
from schemas.errors import Problem
from schemas.models.asset import RoleMapRow

ROWS_MAX = 10_000
SUGGESTED_TAGS_MAX = 2_000

Key = tuple[str, str, int]


@dataclass(slots=True)
class Difference:
    """What rows would change: new ones, those with another tag than now, and how many stay as they are."""

    added: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    same: int = 0
    problems: list[Problem] = field(default_factory=list)


class RoleMap:
    """Rows of all tenants. What is ``hidden`` from the caller is treated as if it were not there."""

    def __init__(self, database: Database, tags: TagDirectory, hub: Hub) -> None:
        self._database = database
        self._tags = tags
        self._hub = hub

    def put(self, tenant: str, rows: Sequence[RoleMapRow], author: str, hidden: Hidden = NOTHING_HIDDEN) -> Difference:
        """Write rows in one transaction. Raises ``ConfigError`` with all problems; then nothing is written."""
        with self._database.write() as session:
            return put_rows(session, tenant, rows, author, hidden)

    def remove(
        self, tenant: str, asset: str, role: str, author: str, valid_from: int | None, hidden: Hidden = NOTHING_HIDDEN
    ) -> int:
        """Remove one row, or all rows of a role; returns how many. Tags and their history stay."""
        query = select(RoleRow).where(RoleRow.tenant == tenant, RoleRow.asset == asset, RoleRow.role == role)
        if valid_from is not None:
            query = query.where(RoleRow.valid_from_ts == valid_from)
        with self._database.write() as session:
            rows = [] if asset in hidden.assets else list(session.exec(query).all())
            for row in rows:
                session.delete(row)
            if rows:
                body = {"rows": [[row.tag_id, row.valid_from_ts] for row in rows[:50]]}
                audit.record(session, tenant, author, "role.remove", resource=f"{asset}/{role}", body=body)
        return len(rows)

    def export_csv(self, tenant: str, hidden: Hidden = NOTHING_HIDDEN) -> str:
        """All rows as CSV, safe to open in a spreadsheet."""
        query = (
            select(RoleRow, TagRow.edge, TagRow.key)
            .join(TagRow, col(TagRow.tag_id) == col(RoleRow.tag_id))
            .where(RoleRow.tenant == tenant)
            .order_by(col(RoleRow.asset), col(RoleRow.role), col(RoleRow.valid_from_ts))
        )
        with self._database.read() as session:
            rows = session.exec(query).all()
        return write_csv(
            CsvRow(0, row.asset, row.role, edge, key, row.valid_from_ts)
            for row, edge, key in rows
            if row.asset not in hidden.assets and row.tag_id not in hidden.tags
        )

    def import_csv(
        self, tenant: str, text: str, author: str, *, dry_run: bool, hidden: Hidden = NOTHING_HIDDEN
    ) -> Difference:
        """Rows of a CSV file: what they would change, and, unless ``dry_run``, change it.

        Problems come with their line. A file with problems changes nothing.
        """
        found_rows, problems = read_csv(text, ROWS_MAX)
        with self._database.write() as session:
            ids = _tags_by_key(session, tenant, hidden)
            rows: list[RoleMapRow] = []
            lines: list[str] = []
            for row in found_rows:
                matches = ids.get(row.key, {})
                tag_id = matches.get(row.edge) if row.edge else _only(matches)
                if tag_id is None:
                    problems.append(_no_tag(row, len(matches)))
                    continue
                rows.append(RoleMapRow(asset=row.asset, role=row.role, tag_id=tag_id, valid_from=row.valid_from))
                lines.append(f"/lines/{row.line}")
            found = _difference(session, tenant, rows, lines, hidden)
            found.problems = sorted([*problems, *found.problems], key=lambda one: one.line or _line(one.path))
            if not dry_run and not found.problems:
                _write(session, tenant, found, author)
        return found

    def suggestions(
        self, tenant: str, *, asset: str | None = None, limit: int = 500, hidden: Hidden = NOTHING_HIDDEN
    ) -> list[Suggestion]:
        """Which unmapped tags may play which free roles, the likeliest first."""
        with self._database.read() as session:
            types = types_of(session, tenant)
            assets = [
                row
                for row in session.exec(select(AssetRow).where(AssetRow.tenant == tenant).order_by(col(AssetRow.id)))
                if row.id not in hidden.assets
            ]
            taken = session.exec(
                select(RoleRow.asset, RoleRow.role, RoleRow.tag_id).where(RoleRow.tenant == tenant)
            ).all()
            query = select(TagRow.tag_id).where(TagRow.tenant == tenant, col(TagRow.retired_ts).is_(None))
            ids = [tag_id for tag_id in session.exec(query.order_by(col(TagRow.tag_id))).all() if tag_id is not None]
        mapped = {tag_id for _, _, tag_id in taken}
        free = [tag_id for tag_id in ids if tag_id not in mapped and tag_id not in hidden.tags][:SUGGESTED_TAGS_MAX]
        held = {(one, role) for one, role, _ in taken}
        places = [
            Place(row.id, row.name, tuple(role for role in types[row.type].roles if (row.id, role.role) not in held))
            for row in assets
            if row.type in types and asset in (None, row.id)
        ]
        tags = self._tags.by_ids(tenant, free)
        values = {item["id"]: item["v"] for item in latest_values(self._hub, tenant, free)}
        candidates = [Candidate(tag, values.get(tag.id)) for tag in tags.values()]
        return suggest(places, candidates, [row.id for row in assets])[:limit]


def put_rows(
    session: Session, tenant: str, rows: Sequence[RoleMapRow], author: str, hidden: Hidden = NOTHING_HIDDEN
) -> Difference:
    """As ``RoleMap.put``, within the caller's transaction."""
    places = [f"/rows/{n}" for n in range(len(rows))]
    found = _difference(session, tenant, rows, places, hidden)
    if found.problems:
        over = None if len(rows) == 1 else say("detail.rows", count=len(found.problems))
        raise refusal_of(found.problems, over)
    _write(session, tenant, found, author)
    return found


def _no_tag(row: CsvRow, edges: int) -> Problem:
    """No tag of this key, or several."""
    place = f"/lines/{row.line}/tag"
    if edges > 1:
        return problem("tag.unknown/several", place, line=row.line, count=edges, tag=row.key)
    if row.edge:
        return problem("tag.unknown/edge", place, line=row.line, tag=row.key, edge=row.edge)
    return problem("tag.unknown/key", place, line=row.line, tag=row.key)


def _write(session: Session, tenant: str, found: Difference, author: str) -> None:
    for item in (*found.added, *found.changed):
        key = (tenant, item["asset"], item["role"], item["valid_from"])
        row = session.get(RoleRow, key) or RoleRow(
            tenant=tenant, asset=item["asset"], role=item["role"], valid_from_ts=item["valid_from"], tag_id=0
        )
        row.tag_id = item["tag_id"]
        session.add(row)
    rows = [*found.added, *found.changed]
    resource = f"{rows[0]['asset']}/{rows[0]['role']}" if len(rows) == 1 else f"{len(rows)} rows"
    if rows:
        body = {"added": len(found.added), "changed": len(found.changed), "rows": rows[:20]}
        audit.record(session, tenant, author, "role.write", resource=resource, body=body)


def _difference(
    session: Session, tenant: str, rows: Sequence[RoleMapRow], places: Sequence[str], hidden: Hidden
) -> Difference:
    found = Difference()
    if len(rows) > ROWS_MAX:
        found.problems.append(problem("role.too_many", "", max=ROWS_MAX))
        return found
    assets = set(session.exec(select(AssetRow.id).where(AssetRow.tenant == tenant)).all()) - hidden.assets
    tags = set(session.exec(select(TagRow.tag_id).where(TagRow.tenant == tenant)).all()) - hidden.tags
    held = {
        (row.asset, row.role, row.valid_from_ts): row.tag_id
        for row in session.exec(select(RoleRow).where(RoleRow.tenant == tenant))
    }
    seen: dict[Key, str] = {}
    for row, place in zip(rows, places, strict=True):
        key = (row.asset, row.role, row.valid_from)
        line = _line(place) or None
        if row.asset not in assets:
            found.problems.append(problem("asset.unknown", f"{place}/asset", line=line, asset=row.asset))
        if row.tag_id not in tags:
            found.problems.append(problem("tag.unknown/id", f"{place}/tag_id", line=line, tag=row.tag_id))
        if key in seen:
            twice = problem("role.twice", place, line=line, asset=row.asset, role=row.role, place=seen[key])
            found.problems.append(twice)
        seen.setdefault(key, place)
        item = row.model_dump()
        if key not in held:
            found.added.append(item)
        elif held[key] != row.tag_id:
            found.changed.append(item | {"before": held[key]})
        else:
            found.same += 1
    return found


def _tags_by_key(session: Session, tenant: str, hidden: Hidden) -> dict[str, dict[str, int]]:
    """Key → edge → tag; a tag that is read wins over a retired one of the same key."""
    query = select(TagRow.key, TagRow.edge, TagRow.tag_id).where(TagRow.tenant == tenant)
    ids: dict[str, dict[str, int]] = {}
    for key, edge, tag_id in session.exec(query.order_by(col(TagRow.retired_ts).is_(None), col(TagRow.tag_id))).all():
        if tag_id is not None and tag_id not in hidden.tags:
            ids.setdefault(key, {})[edge] = tag_id
    return ids


def _only(matches: dict[str, int]) -> int | None:
    return next(iter(matches.values())) if len(matches) == 1 else None


def _line(place: str) -> int:
    parts = place.split("/")
    return int(parts[2]) if len(parts) > 2 and parts[1] == "lines" else 0
