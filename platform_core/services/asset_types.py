"""Asset types of a tenant: what all machines of a kind have in common, kept as documents."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.assets import AssetRow, AssetTypeRow, StarterRow
from platform_core.services.asset_type_library import STARTER_TYPES
from platform_core.services.refusals import problem, refusal
from schemas.errors import Problem
from schemas.models.asset_type import AssetType, SignalRole

TYPES_MAX = 200


class AssetTypes:
    """Types of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database, clock: Clock = now_us) -> None:
        self._database = database
        self._clock = clock

    def seed(self, tenant: str) -> None:
        """Give the types that come along, each once: one that was deleted or changed stays so."""
        with self._database.write() as session:
            given = set(session.exec(select(StarterRow.name).where(StarterRow.tenant == tenant)).all())
            for kind in STARTER_TYPES:
                name = f"asset_type:{kind.id}"
                if name in given:
                    continue
                session.add(StarterRow(tenant=tenant, name=name))
                if session.get(AssetTypeRow, (tenant, kind.id)) is None:
                    session.add(_row(tenant, kind, self._clock(), ""))

    def all(self, tenant: str) -> list[AssetType]:
        """All types, by id."""
        with self._database.read() as session:
            return list(types_of(session, tenant).values())

    def get(self, tenant: str, type_id: str) -> AssetType | None:
        """One type; None when there is none of this id."""
        with self._database.read() as session:
            row = session.get(AssetTypeRow, (tenant, type_id))
            return None if row is None else AssetType.model_validate_json(row.document)

    def put(self, tenant: str, kind: AssetType, author: str) -> None:
        """Make or change a type. Raises ``ConfigError`` with all problems."""
        problems = _check(kind)
        if problems:
            raise refusal("asset_type.invalid", problems=problems, count=len(problems))
        with self._database.write() as session:
            row = session.get(AssetTypeRow, (tenant, kind.id))
            if row is None:
                count = len(session.exec(select(AssetTypeRow.id).where(AssetTypeRow.tenant == tenant)).all())
                if count >= TYPES_MAX:
                    raise refusal("asset_type.too_many", max=TYPES_MAX)
                row = _row(tenant, kind, self._clock(), author)
            row.document, row.updated_ts, row.updated_by = kind.model_dump_json(), self._clock(), author
            session.add(row)
            audit.record(session, tenant, author, "asset_type.write", resource=kind.id)

    def delete(self, tenant: str, type_id: str, author: str) -> bool:
        """Delete a type; False when there is none. Raises ``ConfigError`` while assets are of this type."""
        with self._database.write() as session:
            row = session.get(AssetTypeRow, (tenant, type_id))
            if row is None:
                return False
            query = select(AssetRow.id).where(AssetRow.tenant == tenant, AssetRow.type == type_id)
            users = session.exec(query.order_by(col(AssetRow.id))).all()
            if users:
                shown = ", ".join(users[:10]) + (" …" if len(users) > 10 else "")
                raise refusal("asset_type.used", count=len(users), assets=shown)
            session.delete(row)
            audit.record(session, tenant, author, "asset_type.delete", resource=type_id)
        return True


def types_of(session: Session, tenant: str) -> dict[str, AssetType]:
    """All types of a tenant by id; one that this version cannot read is left out."""
    query = select(AssetTypeRow).where(AssetTypeRow.tenant == tenant).order_by(col(AssetTypeRow.id))
    found: dict[str, AssetType] = {}
    for row in session.exec(query).all():
        try:
            found[row.id] = AssetType.model_validate_json(row.document)
        except ValidationError:
            continue
    return found


def roles_by_asset(session: Session, tenant: str, assets: Sequence[str]) -> dict[tuple[str, str], SignalRole]:
    """(asset, role) → what the asset's type says of it, for these assets."""
    query = select(AssetRow.id, AssetRow.type).where(AssetRow.tenant == tenant, col(AssetRow.type).is_not(None))
    wanted = set(assets)
    typed = {asset: kind for asset, kind in session.exec(query).all() if asset in wanted}
    if not typed:
        return {}
    types = types_of(session, tenant)
    return {(asset, role.role): role for asset, kind in typed.items() if kind in types for role in types[kind].roles}


#: What is inherited, and which fields go together.
_TOGETHER: tuple[tuple[str, ...], ...] = (("texts", "texts_i18n"), ("colors",))
_OF_UNIT: tuple[str, ...] = ("decimals", "span", "limits")


def effective_meta(own: Mapping[str, Any], role: SignalRole | None) -> tuple[dict[str, Any], dict[str, str]]:
    """A tag's metadata with what it lacks taken from its role: the meta, and field → ``tag`` or ``type``.

    The tag's own wins. Decimals, span and limits of the role are meant in the role's unit: where the tag has another
    unit they say nothing about it and are not inherited.
    """
    meta = dict(own)
    said = {name: "tag" for name in own if not _is_empty(own[name])}
    if role is None:
        return meta, said
    inherited = json.loads(role.model_dump_json())
    if _is_empty(meta.get("unit")) and role.unit:
        meta["unit"], said["unit"] = role.unit, "type"
    groups = [*_TOGETHER]
    if meta.get("unit", "") == role.unit:
        groups += [(name,) for name in _OF_UNIT]
    for group in groups:
        if not _is_empty(meta.get(group[0])):
            continue
        for name in group:
            if not _is_empty(inherited[name]):
                meta[name], said[name] = inherited[name], "type"
    return meta, said


def _is_empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(part is None for part in value.values())
    return value is None or value == ""


def _row(tenant: str, kind: AssetType, now: int, author: str) -> AssetTypeRow:
    return AssetTypeRow(tenant=tenant, id=kind.id, document=kind.model_dump_json(), updated_ts=now, updated_by=author)


def _check(kind: AssetType) -> list[Problem]:
    seen: set[str] = set()
    problems: list[Problem] = []
    for n, role in enumerate(kind.roles):
        if role.role in seen:
            problems.append(problem("asset_type.role", f"/roles/{n}/role", role=role.role))
        seen.add(role.role)
        if role.span is not None and not role.span[0] < role.span[1]:
            problems.append(problem("asset_type.span", f"/roles/{n}/span"))
    return problems
