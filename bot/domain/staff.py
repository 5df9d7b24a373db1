"""The zone's own people: who they are, what they may do, for which offices, until when. Pure values; no storage, no codes.

A person is known by a short id that an administrator chose (it stands in the audit), signs in on accounts (a chat on a channel)
and in web sessions, and may do what their roles allow as long as they are active.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal

PERSON_ID: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST_ID: Final = 40


class Role(StrEnum):
    """What somebody is here for. Everybody below is staff, too."""

    STAFF = "staff"
    OPERATOR = "operator"
    CURATOR = "curator"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    """What can be allowed. One right for each kind of thing that the desk, the commands and the chat let staff do."""

    LOOK_UP = "look_up"  # staff records and fields, contacts on duty; opening a boundary case
    SEE_MATRIX = "see_matrix"  # the matrix and the coverage of duties
    CONVERSE = "converse"  # the queue: claim, reply, note, transfer, close
    SEE_CASES = "see_cases"  # boundary cases of one's own offices
    DECIDE_CASES = "decide_cases"  # the decision of a case, at the office that convenes it
    CURATE = "curate"  # drafts of the knowledge: sheets, decided cases
    ADMINISTER = "administer"  # people, invites, sessions; cases of every office


_EVERYBODY: Final = frozenset({Right.LOOK_UP, Right.SEE_MATRIX, Right.SEE_CASES, Right.DECIDE_CASES})
RIGHTS: Final[Mapping[Role, frozenset[Right]]] = {
    Role.STAFF: _EVERYBODY,
    Role.OPERATOR: _EVERYBODY | {Right.CONVERSE},
    Role.CURATOR: _EVERYBODY | {Right.CURATE},
    Role.ADMINISTRATOR: frozenset(Right),
}


@dataclass(frozen=True, slots=True)
class StaffPerson:
    """One of the zone's people. ``offices``: ids of bodies. ``name``: how colleagues know them; never shown to the public.

    ``totp_salt``: empty until a second factor was set up; ``totp_step``: the last time step whose code was used.
    """

    id: str
    name: str
    roles: frozenset[Role]
    offices: frozenset[str]
    added_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    totp_salt: str = field(default="", repr=False)
    totp_step: int = 0

    def active(self, now: datetime) -> bool:
        """False once revoked or expired: then nothing is allowed any more."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def rights(self) -> frozenset[Right]:
        """What the roles allow, while the person is active."""
        return frozenset(right for role in self.roles for right in RIGHTS[role])

    def may(self, right: Right) -> bool:
        """True when a role allows it. Whether the person is active is asked first, where they are looked up."""
        return right in self.rights

    def serves(self, office: str) -> bool:
        """True when the office is one of theirs; an administrator serves every office."""
        return office in self.offices or Role.ADMINISTRATOR in self.roles


@dataclass(frozen=True, slots=True)
class Account:
    """Where somebody writes from: a channel, and who they are there (a Telegram user, a chat page's conversation)."""

    channel: str
    name: str


@dataclass(frozen=True, slots=True)
class Invite:
    """A code for one sign-in. Only its keyed hash is kept. ``used_at``: it is worth nothing any more."""

    digest: str
    person: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None

    def open(self, now: datetime) -> bool:
        """True while it can be used."""
        return self.used_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A web session, or a browser that is known (``device``: only the second factor is asked there). Kept by its hash."""

    digest: str
    person: str
    kind: Literal["session", "device"]
    created_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None

    def open(self, now: datetime) -> bool:
        """True while it holds."""
        return self.ended_at is None and now < self.expires_at
