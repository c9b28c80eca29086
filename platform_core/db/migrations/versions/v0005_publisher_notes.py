"""A note on each trusted publisher, and which key signed the package a release came in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("publisher", sa.Column("note", sa.String(), nullable=False, server_default=""))
    op.add_column("app_release", sa.Column("signer_key", sa.String(), nullable=False, server_default=""))
