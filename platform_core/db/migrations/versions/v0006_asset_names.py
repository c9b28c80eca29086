"""The names of an asset by language, as JSON."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("asset", sa.Column("name_i18n", sa.String(), nullable=False, server_default="{}"))
