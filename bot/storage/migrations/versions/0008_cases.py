"""Boundary cases, and drafts of the knowledge.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "boundary_cases",
        sa.Column("number", sa.String(40), nullable=False),
        sa.Column("matter", sa.String(120), nullable=False),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_boundary_cases")),
    )
    op.create_index(op.f("ix_boundary_cases_matter"), "boundary_cases", ["matter"])
    op.create_index(op.f("ix_boundary_cases_state_due"), "boundary_cases", ["state", "due"])
    op.create_table(
        "drafts",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("content", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drafts")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drafts_state"), "drafts", ["state"])


def downgrade() -> None:
    op.drop_table("drafts")
    op.drop_table("boundary_cases")
