"""Values typed by people: tags like any other, at the edge `manual`, with quality 1.

A request is written to the database under the sender's key, then to the journal, and only then answered. Sent again
with the same key it is not stored again, also when the platform was killed in between.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np
from sqlmodel import col, delete, select

from platform_core.auth import audit
from platform_core.auth.clock import SECOND_US, Clock, now_us
from platform_core.db import Database
from platform_core.db.assets import AssetRow, RoleRow
from platform_core.db.manual import ManualEntryRow
from platform_core.db.tags import TagRow
from platform_core.ingest.own_stream import OwnStreams, own_batch
from platform_core.live.hub import Hub
from platform_core.services.tags import Tag, TagDirectory
from schemas.errors import ConfigError, ConnectError, Problem
from schemas.identifiers import MANUAL_EDGE
from schemas.models.tag import TagMeta
from schemas.quality import Quality
from schemas.wire.batch import encode_columns, pack
from schemas.wire.columns import KINDS, Columns, columns, concat
from schemas.wire.dictionary import TagEntry
from schemas.wire.kinds import Kind

CONNECTION = "manual"
VALUES_MAX = 200
TEXT_MAX = 500
AHEAD_MAX_US = 5 * SECOND_US
BACK_MAX_US = 31 * 86_400 * SECOND_US
KEYS_KEPT_US = 45 * 86_400 * SECOND_US
_INTEGER_BITS = {"i": (-(2**63), 2**63 - 1), "u": (0, 2**64 - 1)}


@dataclass(frozen=True, slots=True)
class ManualTag:
    """What a new tag is: the role it plays, its kind, what it means."""

    asset: str
    role: str
    kind: Kind
    meta: TagMeta
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ManualValue:
    """A value for a manual tag; ``ts`` None is now."""

    id: int
    v: Any
    ts: int | None = None


class ManualValues:
    """Makes manual tags and takes their values in."""

    def __init__(
        self, database: Database, tags: TagDirectory, own: OwnStreams, hub: Hub, clock: Clock = now_us
    ) -> None:
        self._database = database
        self._tags = tags
        self._own = own
        self._hub = hub
        self._clock = clock

    def create_tag(self, tenant: str, wanted: ManualTag, author: str) -> Tag:
        """A tag that people type, playing a role.

        Raises ``ConfigError``: ``asset.unknown``, or ``role.taken`` when another tag plays the role now and ``replace``
        is not set. What that one has stored stays.
        """
        name = self._free_name(tenant, wanted)
        meta = {key: value for key, value in wanted.meta.model_dump(exclude_defaults=True).items() if value != {}}

        def entry(alias: int) -> TagEntry:
            return TagEntry(
                alias=alias,
                uuid=uuid4(),
                key=f"{CONNECTION}/{name}",
                kind=wanted.kind,
                driver=CONNECTION,
                address="",
                scan_ms=1000,
                meta=json.loads(json.dumps(meta)),
            )

        tag_id = self._own.declare(tenant, entry)
        with self._database.write() as session:
            key = (tenant, wanted.asset, wanted.role)
            is_first = _holder(session, *key, self._clock()) is None
            session.add(
                RoleRow(
                    tenant=tenant,
                    asset=wanted.asset,
                    role=wanted.role,
                    valid_from_ts=0 if is_first else self._clock(),
                    tag_id=tag_id,
                )
            )
            audit.record(
                session, tenant, author, "tag.create", resource=f"{wanted.asset}/{wanted.role}", detail=f"tag {tag_id}"
            )
        tag = self._tags.get(tenant, tag_id)
        if tag is None:
            raise ConnectError("tag.lost", "The tag cannot be read back.", hint="Try again.")
        return tag

    def store(
        self, tenant: str, author: str, key: str, values: Sequence[ManualValue], note: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Store values; when this returns they are in the journal, once for this key.

        Returns ``{"stored": [{id, v, q, ts}], "repeated": bool}``. Raises ``ConfigError`` with all problems,
        ``values.key`` when the key was used for something else, ``ConnectError`` when nothing was stored or that is
        not known. ``note`` goes into the audit.
        """
        asked = [[value.id, value.v, value.ts] for value in values]
        digest = hashlib.sha256(json.dumps(asked, ensure_ascii=False).encode()).hexdigest()
        found = self._entry(tenant, key, digest)
        if found is None:
            rows = self.check(tenant, values)
            found = self._reserve(tenant, author, key, digest, rows, note)
        row, is_new = found
        try:
            if row.payload:  # without: known to be in the journal since the last start
                self._own.append(tenant, row.seq, row.payload)
        except ConfigError as error:
            self._give_up(tenant, author, row, error.message)
            raise
        except ConnectError as error:
            if error.code != "values.unknown" and not self._own.holds(tenant, row.seq):
                self._give_up(tenant, author, row, error.message)
            raise
        stored = json.loads(row.answer)
        self._hub.stored_late(np.array([item["id"] for item in stored], dtype=np.uint32))
        return {"stored": stored, "repeated": not is_new}

    def check(self, tenant: str, values: Sequence[ManualValue]) -> list[tuple[Kind, int, Any, int]]:
        """The values as (kind, tag, value, ts). Raises ``ConfigError`` with all problems."""
        now = self._clock()
        known = self._tags.by_ids(tenant, [value.id for value in values])
        rows: list[tuple[Kind, int, Any, int]] = []
        problems: list[Problem] = []
        for n, value in enumerate(values):
            try:
                tag = known.get(value.id)
                if tag is None or tag.edge != MANUAL_EDGE:
                    raise ConfigError("values.not_manual", f"There is no tag {value.id} that people type.")
                rows.append((_kind(tag), tag.id, checked_value(tag, value.v), _time(value.ts, now)))
            except ConfigError as error:
                problems.append(Problem(error.code, f"/values/{n}", error.message, getattr(error, "hint", "")))
        if len({(row[1], row[3]) for row in rows}) < len(rows):
            problems.append(Problem("values.twice", "/values", "A tag has two values at the same time."))
        if problems:
            raise ConfigError(problems[0].code, "Nothing was stored.", problems=problems)
        return rows

    def resume(self) -> None:
        """After a start: finish what was reserved and not journalled, forget old keys."""
        with self._database.read() as session:
            waiting = session.exec(select(ManualEntryRow).where(ManualEntryRow.payload != b"")).all()
        for row in waiting:
            self._own.append(row.tenant, row.seq, row.payload, wait_stored_s=0.0)
        with self._database.write() as session:
            old = col(ManualEntryRow.created_ts) < self._clock() - KEYS_KEPT_US
            session.exec(delete(ManualEntryRow).where(old))
            for row in waiting:
                kept = session.get(ManualEntryRow, (row.tenant, row.key))
                if kept is not None:
                    kept.payload = b""
                    session.add(kept)

    def _entry(self, tenant: str, key: str, digest: str) -> tuple[ManualEntryRow, bool] | None:
        with self._database.read() as session:
            row = session.get(ManualEntryRow, (tenant, key))
        if row is None:
            return None
        if row.digest != digest:
            raise ConfigError(
                "values.key", "This key was used for other values.", hint="Use a new key for each new entry."
            )
        return row, False

    def _reserve(
        self,
        tenant: str,
        author: str,
        key: str,
        digest: str,
        rows: Sequence[tuple[Kind, int, Any, int]],
        note: dict[str, Any] | None,
    ) -> tuple[ManualEntryRow, bool]:
        aliases = self._own.aliases(tenant, [tag_id for _, tag_id, _, _ in rows])
        if not all(aliases):
            raise ConfigError("values.not_manual", "A tag is not (any more) one that people type.")
        stream, seq = self._own.stream(tenant), self._own.seq()
        groups = [_group(row, alias) for row, alias in zip(rows, aliases, strict=True)]
        batch = own_batch(stream, seq, "data", encode_columns(concat(groups)))
        answer = [{"id": tag_id, "v": v, "q": int(Quality.MANUAL), "ts": ts} for _, tag_id, v, ts in rows]
        row = ManualEntryRow(
            tenant=tenant, key=key, digest=digest, stream=str(stream), seq=seq, payload=pack(batch),
            answer=json.dumps(answer, ensure_ascii=False), created_ts=self._clock(),
        )  # fmt: skip
        with self._database.write() as session:
            other = session.get(ManualEntryRow, (tenant, key))  # the same request, sent twice at once
            if other is None:
                session.add(row)
                body = {"values": answer[:20], **(note or {})}
                audit.record(session, tenant, author, "value.manual", resource=_ids(answer), body=body)
        if other is None:
            return row, True
        return self._entry(tenant, key, digest) or (row, True)

    def _give_up(self, tenant: str, author: str, row: ManualEntryRow, reason: str) -> None:
        """The sender is told that nothing was stored: so nothing of it may be stored later."""
        with self._database.write() as session:
            kept = session.get(ManualEntryRow, (tenant, row.key))
            if kept is not None:
                session.delete(kept)
            resource = _ids(json.loads(row.answer))
            audit.record(session, tenant, author, "value.manual", outcome="refused", resource=resource, detail=reason)

    def _free_name(self, tenant: str, wanted: ManualTag) -> str:
        with self._database.read() as session:
            if session.get(AssetRow, (tenant, wanted.asset)) is None:
                raise ConfigError("asset.unknown", f"There is no asset {wanted.asset!r}.")
            held = _holder(session, tenant, wanted.asset, wanted.role, self._clock())
            if held is not None and not wanted.replace:
                raise ConfigError(
                    "role.taken",
                    f"The tag {held} plays {wanted.role} at {wanted.asset}.",
                    hint="Say replace: true; its history stays.",
                )
            name = f"{wanted.asset}.{wanted.role}"
            query = select(TagRow.key).where(TagRow.tenant == tenant, TagRow.edge == MANUAL_EDGE)
            taken = set(session.exec(query).all())
        n = 2
        free = name
        while f"{CONNECTION}/{free}" in taken:
            free, n = f"{name}.{n}", n + 1
        return free


def checked_value(tag: Tag, value: Any) -> Any:
    """The value as the tag keeps it. Raises ``ConfigError``: ``value.kind``, ``value.span`` or ``value.text``."""
    kind = _kind(tag)
    typed = _typed(kind, value)
    span, texts = tag.meta.get("span"), tag.meta.get("texts") or {}
    if span is not None and kind in ("f", "i", "u") and not span[0] <= typed <= span[1]:
        unit = tag.meta.get("unit") or ""
        raise ConfigError("value.span", f"{value} is not between {span[0]:g} and {span[1]:g} {unit}".strip() + ".")
    key = {True: "1", False: "0"}[typed] if kind == "b" else str(typed)
    if texts and kind != "f" and key not in texts and str(typed).lower() not in texts:
        raise ConfigError("value.text", f"{value} is none of the values of this tag: {', '.join(list(texts)[:20])}.")
    return typed


def _typed(kind: Kind, value: Any) -> Any:
    wrong = ConfigError("value.kind", f"{str(value)[:50]!r} is not {_KIND_WORDS[kind]}.")
    if kind == "s":
        if not isinstance(value, str) or len(value) > TEXT_MAX:
            raise wrong
        return value
    if kind == "b":
        if not isinstance(value, bool):
            raise wrong
        return value
    if kind == "f":
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise wrong
        return float(value)
    number = int(value) if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) < 21 else value
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    low, high = _INTEGER_BITS[kind]
    if isinstance(number, bool) or not isinstance(number, int) or not low <= number <= high:
        raise wrong
    return number


_KIND_WORDS = {"f": "a number", "i": "a whole number", "u": "a whole number from 0 on", "b": "true or false",
               "s": f"a text of at most {TEXT_MAX} characters"}  # fmt: skip


def _time(ts: int | None, now: int) -> int:
    if ts is None:
        return now
    if ts > now + AHEAD_MAX_US:
        raise ConfigError("value.time", "The time lies in the future.", hint="Check the clock of the device.")
    if ts < now - BACK_MAX_US:
        raise ConfigError("value.time", f"The time lies more than {BACK_MAX_US // 86_400 // SECOND_US} days back.")
    return min(ts, now)


def _kind(tag: Tag) -> Kind:
    return next(kind for kind in KINDS if kind == tag.kind)


def _group(row: tuple[Kind, int, Any, int], alias: int) -> Columns:
    kind, _, value, ts = row
    return columns(kind, [alias], [ts], [int(Quality.MANUAL)], [value])


def _ids(answer: Sequence[dict[str, Any]]) -> str:
    return "tag " + ",".join(str(item["id"]) for item in answer[:20])


def _holder(session: Any, tenant: str, asset: str, role: str, now: int) -> int | None:
    """The tag that plays the role now."""
    query = select(RoleRow.tag_id).where(
        RoleRow.tenant == tenant, RoleRow.asset == asset, RoleRow.role == role, RoleRow.valid_from_ts <= now
    )
    found: int | None = session.exec(query.order_by(col(RoleRow.valid_from_ts).desc())).first()
    return found
