"""Asset types, who sees an asset, the audit as a chain, values typed by people, preferences."""

from __future__ import annotations

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("asset", sa.Column("see", sa.String(), nullable=True))
    op.create_table(
        "asset_type",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("updated_ts", sa.BigInteger(), nullable=False),
        sa.Column("updated_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "id"),
    )
    op.create_table(
        "starter",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "name"),
    )
    _manual_entry()
    op.create_table(
        "preference",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("updated_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"]),
        sa.PrimaryKeyConstraint("tenant", "subject"),
    )
    _audit()


def _manual_entry() -> None:
    op.create_table(
        "manual_entry",
        sa.Column("tenant", sa.String(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("created_ts", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant", "stream"], ["stream.tenant", "stream.uuid"]),
        sa.PrimaryKeyConstraint("tenant", "key"),
        sa.UniqueConstraint("tenant", "stream", "seq", name="manual_entry_seq"),
    )
    op.create_index("ix_manual_entry_created_ts", "manual_entry", ["created_ts"], unique=False)


def _audit() -> None:
    op.add_column("audit", sa.Column("body", sa.String(), nullable=False, server_default="{}"))
    op.add_column("audit", sa.Column("n", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("audit", sa.Column("prev", sa.String(), nullable=False, server_default=""))
    op.add_column("audit", sa.Column("hash", sa.String(), nullable=False, server_default=""))
    _chain()
    op.create_index("audit_n", "audit", ["tenant", "n"], unique=True)
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'rows of the audit are only ever added'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'rows of the audit are only ever added'; END $$"
    )
    op.execute("CREATE TRIGGER audit_kept BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_kept()")


def _chain() -> None:
    """Number and hash the rows that are there, as `platform_core.auth.audit.row_hash` did when this was written."""
    connection = op.get_bind()
    last: dict[str, tuple[int, str]] = {}
    rows = connection.execute(
        sa.text("SELECT id, tenant, ts, actor, action, resource, outcome, address, detail, body FROM audit ORDER BY id")
    ).all()
    for row_id, tenant, ts, *said in rows:
        n, prev = last.get(tenant, (0, ""))
        text = json.dumps([prev, tenant, n + 1, ts, *said], ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        connection.execute(
            sa.text("UPDATE audit SET n = :n, prev = :prev, hash = :hash WHERE id = :id"),
            {"n": n + 1, "prev": prev, "hash": digest, "id": row_id},
        )
        last[tenant] = (n + 1, digest)
