"""Which key signed the package a draft, or a draft that was kept, was taken from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("app", sa.Column("draft_signer_key", sa.String(), nullable=False, server_default=""))
    op.add_column("app_snapshot", sa.Column("signer_key", sa.String(), nullable=False, server_default=""))
