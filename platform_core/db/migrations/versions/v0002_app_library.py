"""Snapshots of drafts, media, released blocks, trusted publishers; apps may be archived."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("app", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("app_release", sa.Column("signer", sa.String(), nullable=False, server_default=""))
    _app_snapshot()
    _app_block()
    _app_media()
    _publisher()


def _app_snapshot() -> None:
    op.create_table(
        "app_snapshot",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("no", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),
        sa.PrimaryKeyConstraint("tenant", "app", "no"),
    )


def _app_block() -> None:
    op.create_table(
        "app_block",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("release", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),
        sa.PrimaryKeyConstraint("tenant", "app", "path"),
    )


def _app_media() -> None:
    op.create_table(
        "app_media",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("app", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "app"], ["app.tenant", "app.id"]),
        sa.PrimaryKeyConstraint("tenant", "app", "name"),
    )


def _publisher() -> None:
    op.create_table(
        "publisher",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "key_id"),
    )
