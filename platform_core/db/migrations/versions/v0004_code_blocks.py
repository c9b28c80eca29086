"""Installed blocks of other makers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "code_block",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=24), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("manifest", sa.String(), nullable=False),
        sa.Column("package", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("granted", sa.String(), nullable=False),
        sa.Column("ts", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "id", "version"),
        sa.UniqueConstraint("tenant", "hash", name="code_block_hash"),
    )
    op.create_index("ix_code_block_hash", "code_block", ["hash"], unique=False)
