"""Dictionary records → tag rows: ids given once, history kept through renames, a new kind is a new tag."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast
from uuid import UUID, uuid5

from sqlmodel import Session, col, select

from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.tags import TagAliasRow, TagRow
from platform_core.ingest.places import TagPlace
from schemas.errors import WireError
from schemas.identifiers import is_identifier
from schemas.wire.dictionary import TagEntry
from schemas.wire.kinds import Kind

VARIABLES_MAX = 5000
T = TypeVar("T")


def declare(
    session: Session, tenant: str, edge: str, stream: UUID, entries: Sequence[TagEntry], now_us: int
) -> list[TagPlace]:
    """Make or update the tags of `entries` and bind their aliases; returns one place per entry.

    Raises WireError (`ingest.alias_reused`) when an alias already means another tag.
    """
    aliases = _aliases(session, tenant, stream, entries)
    tags = _tags(session, tenant, edge, entries)
    meant = _meant(session, tenant, aliases, tags)
    fresh: dict[str, TagRow] = {}
    rows: list[TagRow] = []
    for entry in entries:
        row = tags.get(str(entry.uuid))
        if row is not None and row.kind != entry.kind:
            row = _other_kind(tags, row, entry, now_us)
        if row is None:
            row = _new_row(tenant, edge, entry, tags, now_us)
            tags[row.uuid] = fresh[row.uuid] = row
        _update(row, entry, now_us)
        if meant.setdefault(entry.alias, row) is not row:
            raise WireError("ingest.alias_reused", f"Alias {entry.alias} already means another tag.")
        rows.append(row)
    session.add_all(fresh.values())
    session.flush()
    _bind(session, tenant, stream, entries, rows, set(aliases))
    _suggest(session, tenant, entries, rows, now_us)
    return [place_of(row, entry.alias) for row, entry in zip(rows, entries, strict=True)]


def place_of(row: TagRow, alias: int = 0) -> TagPlace:
    """A stored tag as ingest needs it."""
    if row.tag_id is None:
        raise ValueError("the tag has no number yet")
    kind: Kind = cast(Kind, row.kind)  # the table has a CHECK on it
    return TagPlace(row.tag_id, row.tenant, row.edge, row.connection, kind, row.scan_ms or 1000, alias)


def _aliases(session: Session, tenant: str, stream: UUID, entries: Sequence[TagEntry]) -> dict[int, int]:
    """Tag ids of those aliases of `entries` that are bound already."""
    found: dict[int, int] = {}
    for part in _parts(sorted({entry.alias for entry in entries})):
        query = select(TagAliasRow).where(
            TagAliasRow.tenant == tenant, TagAliasRow.stream == str(stream), col(TagAliasRow.alias).in_(part)
        )
        found.update((row.alias, row.tag_id) for row in session.exec(query).all())
    return found


def _tags(session: Session, tenant: str, edge: str, entries: Sequence[TagEntry]) -> dict[str, TagRow]:
    """The edge's rows that `entries` may mean, by UUID: a large dictionary comes in many batches, so that
    what is read must grow with the batch and not with the edge."""
    uuids = {str(entry.uuid) for entry in entries} | {str(kind_uuid(entry.uuid, entry.kind)) for entry in entries}
    rows: list[TagRow] = []
    for part in _parts(sorted(uuids)):
        query = select(TagRow).where(TagRow.tenant == tenant, TagRow.edge == edge, col(TagRow.uuid).in_(part))
        rows.extend(session.exec(query).all())
    return {row.uuid: row for row in rows}


def _meant(
    session: Session, tenant: str, aliases: Mapping[int, int], tags: Mapping[str, TagRow]
) -> dict[int, TagRow | None]:
    by_id = {row.tag_id: row for row in tags.values()}
    for part in _parts(sorted(set(aliases.values()) - {row.tag_id for row in tags.values() if row.tag_id})):
        query = select(TagRow).where(TagRow.tenant == tenant, col(TagRow.tag_id).in_(part))
        by_id.update((row.tag_id, row) for row in session.exec(query).all())
    return {alias: by_id.get(tag_id) for alias, tag_id in aliases.items()}


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Slices that fit the number of variables a statement may have."""
    for first in range(0, len(values), VARIABLES_MAX):
        yield values[first : first + VARIABLES_MAX]


def kind_uuid(uuid: UUID, kind: str) -> UUID:
    """The identity of a tag whose kind was changed although its UUID was kept."""
    return uuid5(uuid, f"kind:{kind}")


def _other_kind(tags: dict[str, TagRow], row: TagRow, entry: TagEntry, now_us: int) -> TagRow | None:
    if row.retired_ts is None:
        row.retired_ts = now_us
    return tags.get(str(kind_uuid(entry.uuid, entry.kind)))


def _new_row(tenant: str, edge: str, entry: TagEntry, tags: dict[str, TagRow], now_us: int) -> TagRow:
    is_taken = str(entry.uuid) in tags
    uuid = kind_uuid(entry.uuid, entry.kind) if is_taken else entry.uuid
    return TagRow(
        tenant=tenant,
        edge=edge,
        uuid=str(uuid),
        key=entry.key,
        connection=entry.connection,
        kind=entry.kind,
        first_seen_ts=now_us,
    )


def _update(row: TagRow, entry: TagEntry, now_us: int) -> None:
    row.key, row.connection, row.address = entry.key, entry.connection, entry.address
    row.scan_ms = entry.scan_ms
    row.meta = json.dumps(dict(entry.meta), ensure_ascii=False, sort_keys=True)
    if not entry.retired:
        row.retired_ts = None
    elif row.retired_ts is None:
        row.retired_ts = now_us


def _bind(
    session: Session,
    tenant: str,
    stream: UUID,
    entries: Sequence[TagEntry],
    rows: Sequence[TagRow],
    known: set[int],
) -> None:
    for entry, row in zip(entries, rows, strict=True):
        if entry.alias not in known:
            known.add(entry.alias)
            session.add(TagAliasRow(stream=str(stream), alias=entry.alias, tenant=tenant, tag_id=row.tag_id or 0))


def _suggest(session: Session, tenant: str, entries: Sequence[TagEntry], rows: Sequence[TagRow], now_us: int) -> None:
    """Make the asset and the role row a tag suggests, where there is none, or where its tag is retired."""
    wanted = {
        (entry.asset, entry.role): row
        for entry, row in zip(entries, rows, strict=True)
        if not entry.retired and is_identifier(entry.asset) and is_identifier(entry.role)
    }
    if not wanted:
        return
    assets: set[str] = set()
    current: dict[tuple[str, str], int] = {}
    for part in _parts(sorted({asset for asset, _ in wanted})):
        known = select(AssetRow.id).where(AssetRow.tenant == tenant, col(AssetRow.id).in_(part))
        assets.update(session.exec(known).all())
        held = select(RoleRow).where(RoleRow.tenant == tenant, col(RoleRow.asset).in_(part))
        for role in session.exec(held.order_by(col(RoleRow.valid_from_ts))).all():
            current[(role.asset, role.role)] = role.tag_id
    missing = {asset for asset, _ in wanted} - assets
    first = {entry.asset: entry for entry in reversed(entries) if entry.asset in missing}
    _make_assets(session, tenant, [first[asset] for asset in sorted(missing)], _Names.of(entries))
    for (asset, role_name), row in wanted.items():
        held_by = current.get((asset, role_name))
        if held_by is not None and not _is_retired(session, held_by):
            continue
        session.add(
            RoleRow(
                tenant=tenant,
                asset=asset,
                role=role_name,
                valid_from_ts=0 if held_by is None else now_us,
                tag_id=row.tag_id or 0,
            )
        )


@dataclass(frozen=True, slots=True)
class _Names:
    """What assets are to be called that are not there yet; what people have called one since is theirs."""

    plain: Mapping[str, str]
    by_language: Mapping[str, str]

    @classmethod
    def of(cls, entries: Sequence[TagEntry]) -> _Names:
        """Of assets and of their lines; where several tags say it, the first."""
        plain: dict[str, str] = {}
        by_language: dict[str, str] = {}
        for entry in entries:
            for asset, name, names in (
                (entry.asset, entry.asset_name, entry.asset_name_i18n),
                (entry.asset_parent, entry.asset_parent_name, entry.asset_parent_name_i18n),
            ):
                if shown := _shown_name(name):
                    plain.setdefault(asset, shown)
                known = {lang: word for lang, said in names.items() if (word := _shown_name(said))}
                if known:
                    by_language.setdefault(asset, json.dumps(known, ensure_ascii=False))
        return cls(plain, by_language)

    def row(self, tenant: str, asset: str) -> AssetRow:
        """A new asset."""
        name, names = self.plain.get(asset, asset), self.by_language.get(asset, "{}")
        return AssetRow(tenant=tenant, id=asset, name=name, name_i18n=names)


def _make_assets(session: Session, tenant: str, entries: Sequence[TagEntry], names: _Names) -> None:
    """New assets as suggested: with a type, and inside a line, which is made when it is missing."""
    lines = {
        entry.asset_parent
        for entry in entries
        if is_identifier(entry.asset_parent) and entry.asset_parent != entry.asset
    }
    for line in sorted(lines):
        if session.get(AssetRow, (tenant, line)) is None:
            row = names.row(tenant, line)
            row.level = row.type = "line"
            session.add(row)
            session.flush()
    for entry in entries:
        if session.get(AssetRow, (tenant, entry.asset)) is not None:
            continue  # it has just been made, as somebody's line
        row = names.row(tenant, entry.asset)
        row.type = entry.asset_type if is_identifier(entry.asset_type) else None
        row.parent = entry.asset_parent if entry.asset_parent in lines else None
        session.add(row)
    session.flush()


def _shown_name(name: str) -> str:
    """A suggested name as people would write it; "" when it cannot be shown."""
    shown = unicodedata.normalize("NFC", name).strip()
    return shown if shown.isprintable() else ""


def _is_retired(session: Session, tag_id: int) -> bool:
    row = session.get(TagRow, tag_id)
    return row is None or row.retired_ts is not None
