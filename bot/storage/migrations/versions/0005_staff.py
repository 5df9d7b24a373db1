"""The zone's own people: who they are, where they write from, what lets them in.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    _people()
    _accounts()
    _keys()
    _failures()


def _people() -> None:
    op.create_table(
        "staff_people",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("roles", JSON, nullable=False),
        sa.Column("offices", JSON, nullable=False),
        sa.Column("added_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.Column("totp_salt", sa.String(64), nullable=False),
        sa.Column("totp_step", BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_people")),
    )


def _accounts() -> None:
    op.create_table(
        "staff_accounts",
        sa.Column("channel", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("person", sa.String(40), nullable=False),
        sa.Column("linked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["staff_people.id"], name=op.f("fk_staff_accounts_person")),
        sa.PrimaryKeyConstraint("channel", "name", name=op.f("pk_staff_accounts")),
    )
    op.create_index(op.f("ix_staff_accounts_person"), "staff_accounts", ["person"])


def _keys() -> None:
    for table, own in (
        ("staff_invites", (sa.Column("used_at", TIME, nullable=True),)),
        (
            "staff_sessions",
            (sa.Column("kind", sa.String(16), nullable=False), sa.Column("ended_at", TIME, nullable=True)),
        ),
    ):
        op.create_table(
            table,
            sa.Column("digest", sa.String(64), nullable=False),
            sa.Column("person", sa.String(40), nullable=False),
            sa.Column("created_at", TIME, nullable=False),
            sa.Column("expires_at", TIME, nullable=False),
            *own,
            sa.ForeignKeyConstraint(["person"], ["staff_people.id"], name=op.f(f"fk_{table}_person")),
            sa.PrimaryKeyConstraint("digest", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_person"), table, ["person"])


def _failures() -> None:
    op.create_table(
        "staff_failures",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_failures")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_staff_failures_who_at"), "staff_failures", ["who", "at"])


def downgrade() -> None:
    for table in ("staff_failures", "staff_sessions", "staff_invites", "staff_accounts", "staff_people"):
        op.drop_table(table)
