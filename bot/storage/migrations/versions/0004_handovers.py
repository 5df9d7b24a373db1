"""Handovers to a person, and what the operators' desks keep.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def _of_conversation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["conversation_id"],
        ["conversations.id"],
        name=op.f(f"fk_{table}_conversation_id"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("office", sa.String(120), nullable=False),
        sa.Column("waiting_since", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", JSON, nullable=False),
        _of_conversation("handovers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handovers_due_at"), "handovers", ["due_at"])
    op.create_index(op.f("ix_handovers_conversation_id_id"), "handovers", ["conversation_id", "id"])
    op.create_index(op.f("ix_handovers_state_office"), "handovers", ["state", "office"])
    op.create_table(
        "desk_entries",
        sa.Column("id", BIG, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(120), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        _of_conversation("desk_entries"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_entries")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_desk_entries_conversation_id_id"), "desk_entries", ["conversation_id", "id"])
    op.create_table(
        "desk_topics",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("thread", sa.BigInteger(), nullable=True),
        sa.Column("last_seq", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("last_entry", BIG, server_default=sa.text("0"), nullable=False),
        sa.Column("unwanted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "chat", name=op.f("pk_desk_topics")),
        sa.UniqueConstraint("chat", "thread", name=op.f("uq_desk_topics_chat_thread")),
    )
    op.create_table(
        "desk_posts",
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("chat", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("message", sa.BigInteger(), nullable=False),
        _of_conversation("desk_posts"),
        sa.PrimaryKeyConstraint("conversation_id", "chat", "seq", name=op.f("pk_desk_posts")),
    )
    op.create_table(
        "desk_presence",
        sa.Column("operator", sa.String(120), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("conversation_id", sa.String(32), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("operator", name=op.f("pk_desk_presence")),
    )


def downgrade() -> None:
    for table in ("desk_presence", "desk_posts", "desk_topics", "desk_entries", "handovers"):
        op.drop_table(table)
