"""The engine: audit, leases of jobs, the switch; parked conversations; what is not done yet, found without looking at the rest.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
UNDECIDED = sa.text("state = 'accepted'")
OPEN = sa.text("settled_at IS NULL")


def upgrade() -> None:
    _audit()
    _leases()
    _switch()
    op.add_column(
        "conversations", sa.Column("parked", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("conversations", sa.Column("warned_at", TIME, nullable=True))
    op.drop_index("ix_inbound_undecided", "inbound")
    op.create_index(
        "ix_inbound_undecided",
        "inbound",
        ["conversation_id", "id"],
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )
    op.create_index(op.f("ix_inbound_received_at"), "inbound", ["received_at"])
    op.create_index(
        "ix_outbox_open", "outbox", ["conversation_id", "seq"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index(op.f("ix_outbox_created_at"), "outbox", ["created_at"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"])
    # Written once and never changed or removed, whoever tries.
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_only_added_to()"
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )


def _switch() -> None:
    switch = op.create_table(
        "switch",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("off", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("at", TIME, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_switch_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_switch")),
    )
    op.bulk_insert(switch, [{"id": 1, "off": False, "reason": "", "actor": "", "at": None}])


def downgrade() -> None:
    op.drop_index("ix_outbox_created_at", "outbox")
    op.drop_index("ix_outbox_open", "outbox")
    op.drop_index("ix_inbound_received_at", "inbound")
    op.drop_index("ix_inbound_undecided", "inbound")
    op.create_index(
        "ix_inbound_undecided",
        "inbound",
        ["received_at"],
        sqlite_where=UNDECIDED,
        postgresql_where=UNDECIDED,
    )
    op.drop_column("conversations", "warned_at")
    op.drop_column("conversations", "parked")
    for table in ("switch", "leases", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_only_added_to()")
