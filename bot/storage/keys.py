"""What lets the zone's people in: invites, sessions and known browsers by their hashes, and how often somebody tried in vain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, func, insert, select, update

from bot.domain.staff import Invite, StaffSession
from bot.storage.database import Transaction
from bot.storage.tables import staff_failures, staff_invites, staff_sessions

_I: Final = staff_invites.c
_S: Final = staff_sessions.c
_F: Final = staff_failures.c


class SqlKeys:
    """See the port ``Keys``."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def invite(self, invite: Invite) -> None:
        """Keeps an invite."""
        values = {
            "digest": invite.digest, "person": invite.person, "created_at": invite.created_at,
            "expires_at": invite.expires_at, "used_at": invite.used_at,
        }  # fmt: skip
        await self._transaction.execute(insert(staff_invites), values)

    async def open_invites(self, now: datetime) -> Sequence[Invite]:
        """The invites that can be used."""
        query = select(staff_invites).where(_I.used_at.is_(None), _I.expires_at > now)
        rows = await self._transaction.execute(query)
        return [Invite(row.digest, row.person, row.created_at, row.expires_at, row.used_at) for row in rows]

    async def use(self, digest: str, at: datetime) -> bool:
        """One statement that changes the row or does not."""
        used = update(staff_invites).where(_I.digest == digest, _I.used_at.is_(None), _I.expires_at > at)
        return (await self._transaction.execute(used.values(used_at=at))).rowcount == 1

    async def withdraw(self, person: str, at: datetime) -> int:
        """Ends all open invites of a person."""
        used = update(staff_invites).where(_I.person == person, _I.used_at.is_(None), _I.expires_at > at)
        return int((await self._transaction.execute(used.values(used_at=at))).rowcount)

    async def open_session(self, session: StaffSession) -> None:
        """Keeps a session."""
        values = {
            "digest": session.digest, "person": session.person, "kind": session.kind,
            "created_at": session.created_at, "expires_at": session.expires_at, "ended_at": session.ended_at,
        }  # fmt: skip
        await self._transaction.execute(insert(staff_sessions), values)

    async def session(self, digest: str) -> StaffSession | None:
        """The session with this hash, open or not."""
        row = (await self._transaction.execute(select(staff_sessions).where(_S.digest == digest))).first()
        if row is None:
            return None
        return StaffSession(row.digest, row.person, row.kind, row.created_at, row.expires_at, row.ended_at)

    async def end(self, digest: str, at: datetime) -> None:
        """Ends a session."""
        ended = update(staff_sessions).where(_S.digest == digest, _S.ended_at.is_(None))
        await self._transaction.execute(ended.values(ended_at=at))

    async def end_all(self, person: str, at: datetime) -> int:
        """Ends every session of a person; gives how many were open."""
        ended = update(staff_sessions).where(_S.person == person, _S.ended_at.is_(None), _S.expires_at > at)
        return int((await self._transaction.execute(ended.values(ended_at=at))).rowcount)

    async def failed(self, who: str, at: datetime) -> None:
        """Somebody tried in vain."""
        await self._transaction.execute(insert(staff_failures), {"who": who, "at": at})

    async def failures(self, who: str, since: datetime) -> int:
        """How often somebody tried in vain after ``since``."""
        query = select(func.count()).select_from(staff_failures).where(_F.who == who, _F.at > since)
        return int((await self._transaction.execute(query)).scalar_one())

    async def tidy(self, before: datetime) -> None:
        """Forgets what ended before then."""
        await self._transaction.execute(delete(staff_failures).where(_F.at < before))
        await self._transaction.execute(delete(staff_invites).where(_I.expires_at < before))
        await self._transaction.execute(delete(staff_sessions).where(_S.expires_at < before))
