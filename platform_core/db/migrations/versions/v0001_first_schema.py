"""The first schema."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def _columns(kind: sa.types.TypeEngine[Any], *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def upgrade() -> None:
    _login_attempt()
    _tenant()
    _api_token()
    _app()
    _asset()
    _audit()
    _dead_letter()
    _edge()
    _membership()
    _session()
    _setup_token()
    _site()
    _app_draft_file()
    _app_release()
    _event()
    _gap()
    _stream()
    _tag()
    _role_map()
    _tag_alias()


def _login_attempt() -> None:
    op.create_table(
        "login_attempt",
        *_columns(sa.String(), "kind", "subject"),
        sa.Column("failures", sa.Integer(), nullable=False),
        *_columns(sa.BigInteger(), "last_ts", "locked_until_ts"),
        sa.PrimaryKeyConstraint("kind", "subject"),
    )


def _tenant() -> None:
    op.create_table(
        "tenant",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "user",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "name", "name_key", "password_hash"),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name_key"),
    )


def _api_token() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "tenant", "name", "role", "token_hash"),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        *_columns(sa.BigInteger(), "expires_ts", "last_used_ts", "revoked_ts", nullable=True),
        sa.CheckConstraint("role IN ('viewer', 'operator', 'builder', 'admin')", name="api_token_role"),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "name", name="api_token_name"),
        sa.UniqueConstraint("token_hash"),
    )


def _app() -> None:
    op.create_table(
        "app",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        *_columns(sa.String(), "name", "icon"),
        sa.Column("current_release", sa.Integer(), nullable=True),
        sa.Column("installed_hash", sa.String(), nullable=True),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def _asset() -> None:
    op.create_table(
        "asset",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("parent", sa.String(), nullable=True),
        *_columns(sa.String(), "name", "level"),
        sa.Column("type", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "parent"],
            ["asset.tenant", "asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("ts", sa.Integer(), nullable=False),
        *_columns(sa.String(), "actor", "action", "resource", "outcome", "address", "detail"),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_audit_tenant", "audit", ["tenant"], unique=False)


def _dead_letter() -> None:
    op.create_table(
        "dead_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "tenant", "edge"),
        sa.Column("stream", sa.String(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        *_columns(sa.String(), "code", "reason"),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("received_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "stream", "seq", name="dead_letter_once"),
    )
    op.create_index("dead_letter_when", "dead_letter", ["tenant", "received_ts"], unique=False)


def _edge() -> None:
    op.create_table(
        "edge",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=True),
        *_columns(sa.String(), "agent_version", "config_hash", "catalog_hash"),
        *_columns(sa.BigInteger(), "first_seen_ts", "last_seen_ts"),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("online_changed_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def _membership() -> None:
    op.create_table(
        "membership",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'operator', 'builder', 'admin')", name="membership_role"),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "user_id"),
    )


def _session() -> None:
    op.create_table(
        "session",
        *_columns(sa.String(), "token_hash", "tenant"),
        sa.Column("user_id", sa.Integer(), nullable=False),
        *_columns(sa.BigInteger(), "created_ts", "last_seen_ts", "expires_ts"),
        sa.Column("address", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_session_user_id", "session", ["user_id"], unique=False)


def _setup_token() -> None:
    op.create_table(
        "setup_token",
        *_columns(sa.String(), "token_hash", "tenant"),
        *_columns(sa.BigInteger(), "created_ts", "expires_ts"),
        sa.Column("used_ts", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("token_hash"),
    )


def _site() -> None:
    op.create_table(
        "site",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        *_columns(sa.String(), "name", "zone"),
        sa.ForeignKeyConstraint(
            ["tenant"],
            ["tenant.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )


def _app_draft_file() -> None:
    op.create_table(
        "app_draft_file",
        *_columns(sa.String(), "tenant", "app", "path", "content", "hash"),
        sa.Column("updated_ts", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "app"],
            ["app.tenant", "app.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "app", "path"),
    )


def _app_release() -> None:
    op.create_table(
        "app_release",
        *_columns(sa.String(), "tenant", "app"),
        sa.Column("no", sa.Integer(), nullable=False),
        *_columns(sa.String(), "hash", "content", "note", "origin"),
        sa.Column("ts", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "app"],
            ["app.tenant", "app.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "app", "no"),
    )


def _event() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "tenant", "edge"),
        sa.Column("stream", sa.String(), nullable=True),
        sa.Column("batch_seq", sa.BigInteger(), nullable=True),
        *_columns(sa.Integer(), "ordinal", "ts"),
        *_columns(sa.String(), "kind", "body"),
        sa.Column("received_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "edge"],
            ["edge.tenant", "edge.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "stream", "batch_seq", "ordinal", name="event_once"),
    )
    op.create_index("event_when", "event", ["tenant", "edge", "ts"], unique=False)


def _gap() -> None:
    op.create_table(
        "gap",
        sa.Column("id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "tenant", "edge"),
        sa.Column("stream", sa.String(), nullable=True),
        sa.Column("batch_seq", sa.BigInteger(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        *_columns(sa.String(), "connection", "kind", "reason"),
        *_columns(sa.BigInteger(), "from_ts", "to_ts"),
        sa.Column("n", sa.BigInteger(), nullable=True),
        sa.Column("count_of", sa.String(), nullable=False),
        *_columns(sa.BigInteger(), "seq_from", "seq_to", nullable=True),
        sa.Column("received_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "edge"],
            ["edge.tenant", "edge.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tenant", "stream", "batch_seq", "ordinal", name="gap_once"),
    )
    op.create_index("gap_when", "gap", ["tenant", "edge", "to_ts"], unique=False)


def _stream() -> None:
    op.create_table(
        "stream",
        *_columns(sa.String(), "tenant", "uuid", "edge", "machine", "intervals"),
        *_columns(sa.BigInteger(), "max_seq", "journal_no"),
        sa.Column("dead", sa.String(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        *_columns(sa.BigInteger(), "lease_until_ts", "first_seen_ts", "last_seen_ts"),
        sa.ForeignKeyConstraint(
            ["tenant", "edge"],
            ["edge.tenant", "edge.id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "uuid"),
    )


def _tag() -> None:
    op.create_table(
        "tag",
        sa.Column("tag_id", sa.Integer(), nullable=False),
        *_columns(sa.String(), "tenant", "edge", "uuid", "key", "connection", "driver", "kind", "meta", "address"),
        sa.Column("scan_ms", sa.Integer(), nullable=True),
        sa.Column("first_seen_ts", sa.BigInteger(), nullable=False),
        sa.Column("retired_ts", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('f', 'i', 'u', 'b', 's')", name="tag_kind"),
        sa.CheckConstraint("tag_id > 0 AND tag_id < 4294967296", name="tag_id_u32"),
        sa.ForeignKeyConstraint(
            ["tenant", "edge"],
            ["edge.tenant", "edge.id"],
        ),
        sa.PrimaryKeyConstraint("tag_id"),
        sa.UniqueConstraint("tenant", "edge", "uuid", name="tag_once"),
        sa.UniqueConstraint("tenant", "tag_id", name="tag_of_tenant"),
        sqlite_autoincrement=True,
    )
    op.create_index("tag_key", "tag", ["tenant", "key"], unique=False)


def _role_map() -> None:
    op.create_table(
        "role_map",
        *_columns(sa.String(), "tenant", "asset"),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("valid_from_ts", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "asset"],
            ["asset.tenant", "asset.id"],
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "tag_id"],
            ["tag.tenant", "tag.tag_id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "asset", "role", "valid_from_ts"),
    )
    op.create_index("ix_role_map_tag_id", "role_map", ["tag_id"], unique=False)


def _tag_alias() -> None:
    op.create_table(
        "tag_alias",
        *_columns(sa.String(), "tenant", "stream"),
        sa.Column("alias", sa.BigInteger(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "stream"],
            ["stream.tenant", "stream.uuid"],
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "tag_id"],
            ["tag.tenant", "tag.tag_id"],
        ),
        sa.PrimaryKeyConstraint("tenant", "stream", "alias"),
    )
    op.create_index("ix_tag_alias_tag_id", "tag_alias", ["tag_id"], unique=False)
