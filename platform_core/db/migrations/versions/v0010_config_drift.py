"""Which pushed configuration an agent is expected to run; why it was refused or taken back, as code and words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "edge_config_state", sa.Column("expected", sa.String(length=64), nullable=False, server_default="")
    )  # fmt: skip
    op.add_column("edge_config_state", sa.Column("code", sa.String(), nullable=False, server_default=""))
    op.add_column("edge_config_state", sa.Column("params", sa.String(), nullable=False, server_default="{}"))
    # Until now `active` was told with each report, and nobody could choose otherwise at the machine.
    op.execute("UPDATE edge_config_state SET expected = active WHERE state <> 'watching'")
