"""Enrolment tokens, and which agents have access to the broker."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "enrolment_token",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.Column("expires_ts", sa.BigInteger(), nullable=False),
        sa.Column("used_ts", sa.BigInteger(), nullable=True),
        sa.Column("used_from", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_index("ix_enrolment_token_tenant", "enrolment_token", ["tenant"], unique=False)
    op.create_table(
        "edge_access",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("enrolled_ts", sa.BigInteger(), nullable=False),
        sa.Column("enrolled_from", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("author", sa.String(), nullable=False),
        sa.Column("revoked_ts", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "edge"),
    )
