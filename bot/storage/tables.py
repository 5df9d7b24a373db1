"""The tables. Changed together with a migration (``migrations/``): a test compares the two.

``revisions`` … hold the knowledge, each revision whole and never changed. ``conversations``, ``inbound``, ``turns`` and
``outbox`` carry a message from its acceptance to its delivery. ``audit`` is only ever added to; ``leases`` says which replica
does which job; ``switch`` whether the assistant answers. ``handovers`` and ``desk_…`` belong to the operators.

Whatever belongs to a conversation refers to it with ON DELETE CASCADE: forgetting a person is deleting that row.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.storage.columns import BigId, Json, UtcDateTime

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

revisions: Final = Table(
    "revisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("note", Text, nullable=False),
)

active_revision: Final = Table(
    "active_revision",
    metadata,
    # The one row is made by the migration, so that whoever switches has something to lock.
    Column(
        "id", Integer, CheckConstraint("id = 1", name="single_row"), primary_key=True, autoincrement=False
    ),
    Column("number", ForeignKey("revisions.number"), nullable=True),
    Column("switched_at", UtcDateTime, nullable=True),
)

records: Final = Table(
    "records",
    metadata,
    Column("revision", ForeignKey("revisions.number", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("id", String(120), primary_key=True),
    Column("audience", String(16), nullable=False),
    Column("content", Json, nullable=False),
)

# What records refer to and lean on: laws, contact points, ambiguous names, subjects, cautions, changes of law.
reference_values: Final = Table(
    "reference_values",
    metadata,
    Column("revision", ForeignKey("revisions.number", ondelete="CASCADE"), primary_key=True),
    Column("section", String(32), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("id", String(120), nullable=False),
    Column("content", Json, nullable=False),
)

conversations: Final = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("language", String(8), nullable=True),
    Column("mode", String(16), nullable=False),
    Column("context", Json, nullable=False),
    Column("turns", Integer, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # The number of the last outbox message: kept here, so that numbers never come back when old messages are removed.
    Column("last_seq", BigId, nullable=False, server_default=text("0")),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    # Nothing can be sent for now: what is said is kept until the person writes again.
    Column("parked", Boolean, nullable=False, server_default=false()),
    # When the person was last told to write more slowly.
    Column("warned_at", UtcDateTime, nullable=True),
    UniqueConstraint("channel", "external_id"),
    Index(None, "updated_at"),
)

inbound: Final = Table(
    "inbound",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("channel", String(32), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("payload", Json, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("decided_at", UtcDateTime, nullable=True),
    Column("result", Json, nullable=True),
    UniqueConstraint("channel", "external_id"),
    Index(None, "conversation_id", "id"),
    Index(None, "received_at"),
    Index(
        "ix_inbound_undecided",
        "conversation_id",
        "id",
        sqlite_where=text("state = 'accepted'"),
        postgresql_where=text("state = 'accepted'"),
    ),
    sqlite_autoincrement=True,  # a number is never given again, not even when its row is gone
)

turns: Final = Table(
    "turns",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    # No foreign key: the inbox is emptied sooner than the turns.
    Column("inbound_id", BigId, nullable=False, unique=True),
    Column("at", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("result", Json, nullable=False),
    Column("trace", Json, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("records", Json, nullable=False),
    Column("intent", String(64), nullable=False),
    Column("confidence", Float, nullable=False),
    Column("source", String(16), nullable=False),
    Column("model", String(120), nullable=True),
    Column("revision", Integer, nullable=False),
    Column("ms", Float, nullable=False),
    # False when what was said has been removed: what was asked about and decided is kept longer.
    Column("words", Boolean, nullable=False, server_default=true()),
    Index(None, "at"),
)

outbox: Final = Table(
    "outbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("seq", BigId, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("payload", Json, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("leased_until", UtcDateTime, nullable=True),
    Column("settled_at", UtcDateTime, nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    # The channel's own ids of what was sent, one a part: what is edited later, and where to go on after a crash.
    Column("sent_as", Json, nullable=True),
    UniqueConstraint("conversation_id", "seq"),
    Index(
        "ix_outbox_pending",
        "channel",
        "due_at",
        sqlite_where=text("state = 'pending'"),
        postgresql_where=text("state = 'pending'"),
    ),
    # What is not done yet, in order: a long conversation must not be looked through for every message.
    Index(
        "ix_outbox_open",
        "conversation_id",
        "seq",
        sqlite_where=text("settled_at IS NULL"),
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(None, "created_at"),
    sqlite_autoincrement=True,
)

# Who did what, when and why. No personal data: ``subject`` is an id. Triggers refuse every change and removal.
audit: Final = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("actor", String(120), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("why", Text, nullable=False),
    sqlite_autoincrement=True,
)

# One row a job: the replica ``holder`` does it until ``until``; it was last done at ``done_at``.
leases: Final = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, nullable=True),
)

switch: Final = Table(
    "switch",
    metadata,
    Column(
        "id", Integer, CheckConstraint("id = 1", name="single_row"), primary_key=True, autoincrement=False
    ),
    Column("off", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("actor", String(120), nullable=False),
    Column("at", UtcDateTime, nullable=True),
)

# Handovers to a person: what is looked for in columns of its own, the whole value in ``content``.
handovers: Final = Table(
    "handovers",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("office", String(120), nullable=False),
    Column("waiting_since", UtcDateTime, nullable=True),
    Column("due_at", UtcDateTime, nullable=True, index=True),
    Column("version", Integer, nullable=False),
    Column("content", Json, nullable=False),
    Index(None, "conversation_id", "id"),
    Index(None, "state", "office"),
    sqlite_autoincrement=True,
)

# What only operators see of a conversation.
desk_entries: Final = Table(
    "desk_entries",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("actor", String(120), nullable=False),
    Column("payload", Json, nullable=False),
    Index(None, "conversation_id", "id"),
    sqlite_autoincrement=True,
)

# Topics of the desk's Telegram groups. No foreign keys: a topic must still be deleted there when all else is gone here.
desk_topics: Final = Table(
    "desk_topics",
    metadata,
    Column("conversation_id", String(32), primary_key=True),
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("thread", BigInteger, nullable=True),
    Column("last_seq", BigId, nullable=False, server_default=text("0")),
    Column("last_entry", BigId, nullable=False, server_default=text("0")),
    Column("unwanted", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("chat", "thread"),
)

# Under which number a message of the conversation stands in its topic.
desk_posts: Final = Table(
    "desk_posts",
    metadata,
    Column("conversation_id", ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("message", BigInteger, nullable=False),
)

desk_presence: Final = Table(
    "desk_presence",
    metadata,
    Column("operator", String(120), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("conversation_id", String(32), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

# The zone's own people. Never removed: their ids stand in the audit.
staff_people: Final = Table(
    "staff_people",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("roles", Json, nullable=False),
    Column("offices", Json, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=True),
    Column("revoked_at", UtcDateTime, nullable=True),
    Column("totp_salt", String(64), nullable=False),
    Column("totp_step", BigId, nullable=False),
)

staff_accounts: Final = Table(
    "staff_accounts",
    metadata,
    Column("channel", String(32), primary_key=True),
    Column("name", String(200), primary_key=True),
    Column("person", ForeignKey("staff_people.id"), nullable=False, index=True),
    Column("linked_at", UtcDateTime, nullable=False),
)

# Keyed hashes only: whoever reads the table cannot sign in with it.
staff_invites: Final = Table(
    "staff_invites",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", ForeignKey("staff_people.id"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime, nullable=True),
)

staff_sessions: Final = Table(
    "staff_sessions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("person", ForeignKey("staff_people.id"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, nullable=True),
)

# Who tried in vain (a keyed hash), and when: what slows guessing down.
staff_failures: Final = Table(
    "staff_failures",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("who", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "who", "at"),
    sqlite_autoincrement=True,
)

# Plans as they were made: ``content`` is the plan as JSON, deflated, because it holds the words of every step.
plans: Final = Table(
    "plans",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

# Boundary cases: what is looked for in columns of its own, the whole value in ``content``.
boundary_cases: Final = Table(
    "boundary_cases",
    metadata,
    Column("number", String(40), primary_key=True),
    Column("matter", String(120), nullable=False, index=True),
    Column("office", String(120), nullable=False),
    Column("state", String(16), nullable=False),
    Column("due", Date, nullable=False),
    Column("version", Integer, nullable=False),
    Column("content", Json, nullable=False),
    Index(None, "state", "due"),
)

# What is to replace records of the knowledge, once it has been looked at.
drafts: Final = Table(
    "drafts",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("state", String(16), nullable=False, index=True),
    Column("content", Json, nullable=False),
    sqlite_autoincrement=True,
)
